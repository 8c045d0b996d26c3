#include "src/stored.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <zlib.h>

#define FRAME_MAX ((UINT64_C(1) << 4 * STORED_DIGITS_MAX) - 1)

/* Where the frames begin, each behind a blank. */
#define AT_CRC    9
#define AT_FRAMES 17

size_t stored_count(size_t length)
{
	return (length + STORED_PAGE - 1) / STORED_PAGE;
}

uint32_t stored_crc(const char *bytes, size_t length)
{
	return (uint32_t)crc32(crc32(0, Z_NULL, 0), (const Bytef *)bytes, (uInt)length);
}

/* Has it a length that a report can have, and the frames of that length? */
static bool is_whole(const struct stored *stored)
{
	return stored->length > 0 && stored->length <= WIRE_MESSAGE_MAX &&
	       stored->count == stored_count(stored->length);
}

int stored_write(const struct stored *stored, char text[static STORED_TEXT_MAX + 1])
{
	int used;

	if (!is_whole(stored))
		return -EINVAL;
	used = sprintf(text, "%08zx %08" PRIx32, stored->length, stored->crc);
	for (size_t i = 0; i < stored->count; i++) {
		if (stored->frames[i] > FRAME_MAX)
			return -EINVAL;
		used += sprintf(text + used, " %" PRIx64, stored->frames[i]);
	}
	return used;
}

/* Reads lower-case hexadecimal digits, at most so many. Returns how many there are. */
static size_t read_hex(const char *text, size_t length, size_t digits_max, uint64_t *value_r)
{
	size_t digits = 0;

	*value_r = 0;
	for (; digits < length && digits < digits_max; digits++) {
		char c = text[digits];

		if (c >= '0' && c <= '9')
			*value_r = *value_r << 4 | (uint64_t)(c - '0');
		else if (c >= 'a' && c <= 'f')
			*value_r = *value_r << 4 | (uint64_t)(c - 'a' + 10);
		else
			break;
	}
	return digits;
}

/* Reads the frames, each behind a blank, up to the end of the text. */
static const char *read_frames(const char *text, size_t length, struct stored *stored)
{
	size_t at = 0;

	stored->count = 0;
	while (at < length) {
		size_t digits;

		if (stored->count == STORED_FRAMES_MAX)
			return "more pages than a report fills";
		if (text[at++] != ' ')
			return "no number of a page";
		digits = read_hex(text + at, length - at, STORED_DIGITS_MAX,
			&stored->frames[stored->count++]);
		if (digits == 0 || (digits > 1 && text[at] == '0'))
			return "no number of a page";
		at += digits;
	}
	return NULL;
}

const char *stored_read(const char *text, size_t length, struct stored *stored_r)
{
	uint64_t bytes = 0, crc = 0;
	const char *why;

	if (length < AT_FRAMES || read_hex(text, 8, 8, &bytes) != 8 || text[AT_CRC - 1] != ' ' ||
		read_hex(text + AT_CRC, 8, 8, &crc) != 8)
		return "no length and checksum";
	stored_r->length = (size_t)bytes;
	stored_r->crc = (uint32_t)crc;
	why = read_frames(text + AT_FRAMES, length - AT_FRAMES, stored_r);
	if (why)
		return why;
	return is_whole(stored_r) ? NULL : "a length that is not that of its pages";
}
