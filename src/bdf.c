#include "src/bdf.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define DOMAIN_DIGITS_MIN 4
#define DOMAIN_DIGITS_MAX 8

/* Reads exactly `digits` hexadecimal digits and moves on; -1 if they are not there. */
static int64_t take_hex(const char **text, size_t digits)
{
	int64_t value = 0;

	for (size_t i = 0; i < digits; i++) {
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
	int64_t domain = 0, bus, slot, function;
	size_t digits = strspn(text, "0123456789abcdefABCDEF");

	if (digits >= DOMAIN_DIGITS_MIN && digits <= DOMAIN_DIGITS_MAX) {
		domain = take_hex(&text, digits);
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
		.domain = (uint32_t)domain,
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

static uint64_t number_of(struct bdf bdf)
{
	return (uint64_t)bdf.domain << 16 | (uint64_t)bdf.bus << 8 |
	       (uint64_t)(bdf.slot & 31u) << 3 | (bdf.function & 7u);
}

int bdf_compare(struct bdf a, struct bdf b)
{
	uint64_t left = number_of(a), right = number_of(b);

	return (left > right) - (left < right);
}
