#include "harness/host/xen_wording.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEX           "0123456789abcdefABCDEF"
#define NAME_MAX_KEPT 63

enum kind { REST, NAME, DEVICE, START, END, ADDRESS, COUNT };

static const struct place {
	const char *name;
	enum kind kind;
} places[] = {
	{ "<version>", REST },
	{ "<cmdline>", REST },
	{ "<text>", REST },
	{ "<name>", NAME },
	{ "<device>", DEVICE },
	{ "<start>", START },
	{ "<end>", END },
	{ "<address>", ADDRESS },
	{ "<count>", COUNT },
};

static const struct place *find_place(const char *text)
{
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		if (strncmp(text, places[i].name, strlen(places[i].name)) == 0)
			return &places[i];
	}
	return NULL;
}

bool xen_wording_is_valid(const char *text)
{
	if (text[0] == '<' || text[0] == '\0')
		return false;
	for (text = strchr(text, '<'); text; text = strchr(text + 1, '<')) {
		if (!find_place(text))
			return false;
	}
	return true;
}

static bool read_number(const char **line, int base, const char *digits, uint64_t *value_r)
{
	const char *at = *line;
	char *end;

	if (base == 16 && strncmp(at, "0x", 2) == 0)
		at += 2;
	if (strspn(at, digits) == 0)
		return false;
	errno = 0;
	*value_r = strtoull(at, &end, base);
	*line = end;
	return errno == 0;
}

/* Reads what stands in a place, up to the words behind it. */
static bool read_place(
	const struct place *place, const char *behind, const char **line, struct xen_match *match)
{
	const char *end;
	size_t length;

	switch (place->kind) {
	case REST:
		snprintf(match->text, sizeof(match->text), "%s", *line);
		*line += strlen(*line);
		return true;
	case NAME:
		end = strstr(*line, behind);
		if (!end || end == *line || end - *line > NAME_MAX_KEPT)
			return false;
		snprintf(match->text, sizeof(match->text), "%.*s", (int)(end - *line), *line);
		*line = end;
		return true;
	case DEVICE:
		length = strspn(*line, HEX ":.");
		if (length == 0 || length >= sizeof(match->device))
			return false;
		snprintf(match->device, sizeof(match->device), "%.*s", (int)length, *line);
		*line += length;
		return true;
	case START:
	case ADDRESS:
		return read_number(line, 16, HEX, &match->start);
	case END:
		return read_number(line, 16, HEX, &match->end);
	case COUNT:
		return read_number(line, 10, "0123456789", &match->start);
	}
	return false;
}

/* Nothing stands where the rest of a line would: record_line() cuts the blank before it, too. */
static bool is_empty_rest(const char *text, const char *line)
{
	const struct place *place = *line == '\0' && *text == ' ' ? find_place(text + 1) : NULL;

	return place && place->kind == REST;
}

/* Is the wording at the beginning of the line? */
static bool fits_at(const char *text, const char *line, struct xen_match *match)
{
	const char *begin = line;

	snprintf(match->text, sizeof(match->text), "%s", begin);
	match->device[0] = '\0';
	match->start = match->end = 0;
	while (*text) {
		const struct place *place = *text == '<' ? find_place(text) : NULL;

		if (!place && is_empty_rest(text, line)) {
			text++;
			continue;
		}
		if (!place) {
			if (*text++ != *line++)
				return false;
			continue;
		}
		text += strlen(place->name);
		if (!read_place(place, text, &line, match))
			return false;
	}
	return true;
}

bool xen_wording_fits(const char *text, const char *line, struct xen_match *match_r)
{
	size_t words = strcspn(text, "<");

	/* Of a line that ends with the words, their last blank is cut. */
	if (words > 1 && text[words - 1] == ' ')
		words--;
	for (const char *at = line; (at = memchr(at, text[0], strlen(at))); at++) {
		if (strncmp(at, text, words) == 0 && fits_at(text, at, match_r))
			return true;
	}
	return false;
}
