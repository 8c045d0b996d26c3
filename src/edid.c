#include "src/edid.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Offsets in the base block (E-EDID A2, table 3.1). */
#define AT_VENDOR      8
#define AT_DESCRIPTORS 54
#define DESCRIPTORS    4
#define DESCRIPTOR     18 /* bytes of one */

/* A display descriptor (3.10.3): two zeros, a zero, its tag, a zero, then 13 bytes. */
#define AT_TAG   3
#define TAG_NAME 0xfc
#define AT_TEXT  5
#define TEXT     13

/* Bit 7 of the last byte of a detailed timing (3.10.2, table 3.22). */
#define AT_TIMING_FLAGS   17
#define TIMING_INTERLACED 0x80

static const uint8_t header[8] = { 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00 };

/* Three letters of five bits, 1 is "A"; bit 15 is reserved (3.4.1). */
static void read_vendor(const uint8_t *bytes, char vendor[static 4])
{
	unsigned int packed = (unsigned int)bytes[0] << 8 | bytes[1];

	for (int i = 0; i < 3; i++) {
		unsigned int letter = packed >> (10 - 5 * i) & 0x1f;

		vendor[i] = letter >= 1 && letter <= 26 ? (char)('A' + letter - 1) : '?';
	}
	vendor[3] = '\0';
}

/* The text ends with a line feed and is padded with blanks (3.10.3.4). */
static void read_name(const uint8_t *text, char name[static TEXT + 1])
{
	size_t length = 0;

	while (length < TEXT && text[length] != '\n') {
		bool printable = text[length] >= 0x20 && text[length] <= 0x7e;

		name[length] = printable ? (char)text[length] : '?';
		length++;
	}
	while (length > 0 && name[length - 1] == ' ')
		length--;
	name[length] = '\0';
}

/* A detailed timing definition (3.10.2, table 3.21): 8 bits and 4 bits more of each number. */
static void read_timing(const uint8_t *timing, struct edid *edid)
{
	uint32_t clock_10khz = (uint32_t)timing[0] | (uint32_t)timing[1] << 8;
	uint32_t width = timing[2] | (uint32_t)(timing[4] & 0xf0) << 4;
	uint32_t blank_x = timing[3] | (uint32_t)(timing[4] & 0x0f) << 8;
	uint32_t height = timing[5] | (uint32_t)(timing[7] & 0xf0) << 4;
	uint32_t blank_y = timing[6] | (uint32_t)(timing[7] & 0x0f) << 8;
	uint64_t total = (uint64_t)(width + blank_x) * (height + blank_y), refresh;

	if (width == 0 || height == 0)
		return;
	/* Interlaced, the lines are those of one field, and so is the rate. */
	if (timing[AT_TIMING_FLAGS] & TIMING_INTERLACED)
		height *= 2;
	edid->width = (uint16_t)width;
	edid->height = (uint16_t)height;
	/* At most 65535 * 10^7 / 1, which 32 bits do not hold: that is no display, so it is cut. */
	refresh = ((uint64_t)clock_10khz * 10000 * 1000 + total / 2) / total;
	edid->refresh_mhz = refresh > UINT32_MAX ? UINT32_MAX : (uint32_t)refresh;
}

int edid_parse(const uint8_t *bytes, size_t length, struct edid *edid_r)
{
	struct edid edid = { 0 };
	uint8_t sum = 0;

	if (length < EDID_BLOCK || memcmp(bytes, header, sizeof(header)) != 0)
		return -EINVAL;
	/* 3.11: all bytes of a block add up to 0. */
	for (size_t i = 0; i < EDID_BLOCK; i++)
		sum = (uint8_t)(sum + bytes[i]);
	if (sum)
		return -EINVAL;
	read_vendor(bytes + AT_VENDOR, edid.vendor);
	for (int i = 0; i < DESCRIPTORS; i++) {
		const uint8_t *descriptor = bytes + AT_DESCRIPTORS + i * DESCRIPTOR;

		/* A pixel clock of 0 makes it a display descriptor; the first timing is preferred.
		 */
		if (descriptor[0] || descriptor[1]) {
			if (i == 0)
				read_timing(descriptor, &edid);
		} else if (descriptor[AT_TAG] == TAG_NAME && !edid.name[0]) {
			read_name(descriptor + AT_TEXT, edid.name);
		}
	}
	*edid_r = edid;
	return 0;
}
