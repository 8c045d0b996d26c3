#include "src/bdf.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Reads exactly `digits` hexadecimal digits and moves on; -1 if they are not there. */
static int take_hex(const char **text, int digits)
{
	int value = 0;

	for (int i = 0; i < digits; i++) {
		unsigned char c = (unsigned char)(*text)[i];

		if (!isxdigit(c))
			return -1;
		value = value * 16 + (isdigit(c) ? c - '0' : tolower(c) - 'a' + 10);
	}
	*text += digits;
	return value;
}

static bool take_char(const char **text, char c)
{
	if (**text != c)
		return false;
	(*text)++;
	return true;
}

int bdf_parse(const char *text, struct bdf *bdf_r)
{
	int domain = 0, bus, slot, function;

	if (strlen(text) == BDF_TEXT_MAX - 1) {
		domain = take_hex(&text, 4);
		if (domain < 0 || !take_char(&text, ':'))
			return -EINVAL;
	}
	bus = take_hex(&text, 2);
	if (bus < 0 || !take_char(&text, ':'))
		return -EINVAL;
	slot = take_hex(&text, 2);
	if (slot < 0 || slot > 31 || !take_char(&text, '.'))
		return -EINVAL;
	function = take_hex(&text, 1);
	if (function < 0 || function > 7 || *text)
		return -EINVAL;
	*bdf_r = (struct bdf){
		.domain = (uint16_t)domain,
		.bus = (uint8_t)bus,
		.slot = (uint8_t)slot,
		.function = (uint8_t)function,
	};
	return 0;
}

void bdf_format(struct bdf bdf, char text[static BDF_TEXT_MAX])
{
	snprintf(text, BDF_TEXT_MAX, "%04x:%02x:%02x.%x", bdf.domain, bdf.bus, bdf.slot & 31u,
		bdf.function & 7u);
}

bool bdf_equal(struct bdf a, struct bdf b)
{
	return a.domain == b.domain && a.bus == b.bus && a.slot == b.slot &&
	       a.function == b.function;
}
