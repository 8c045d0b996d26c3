#include "ci/lab/gpu/edid.h"

#include <errno.h>
#include <string.h>

#define BLOCK 128u

/* CVT with reduced blanking, version 1: chapter 3.3. */
#define REFRESH          60u
#define H_BLANK          160u
#define H_SYNC           32u
#define H_SYNC_AFTER     48u /* of the active pixels */
#define V_SYNC_AFTER     3u  /* lines */
#define V_BACK_PORCH_MIN 6u
#define V_BLANK_MIN_US   460u
#define CLOCK_STEP       25u /* 10 kHz: 0.25 MHz */

#define SIZE_MAX_PIXELS 4095u /* 12 bits in a detailed timing */
#define CLOCK_MAX       65535u

/* The height of vertical sync says the aspect ratio (table 3-2); 10 lines for any other. */
static uint32_t sync_lines(uint32_t width, uint32_t height)
{
	static const struct {
		uint32_t horizontal, vertical, lines;
	} ratios[] = { { 4, 3, 4 }, { 16, 9, 5 }, { 16, 10, 6 }, { 5, 4, 7 }, { 15, 9, 7 } };

	for (size_t i = 0; i < sizeof(ratios) / sizeof(ratios[0]); i++) {
		if (width == 8 * (height * ratios[i].horizontal / ratios[i].vertical / 8))
			return ratios[i].lines;
	}
	return 10;
}

int timing_make(uint32_t width, uint32_t height, struct timing *timing_r)
{
	uint32_t sync, blank, least;
	double line_us;

	if (width < 640 || height < 480 || width > SIZE_MAX_PIXELS || height > SIZE_MAX_PIXELS ||
		width % 8 != 0)
		return -ERANGE;
	sync = sync_lines(width, height);
	/* The time of a line, if the blank lines took their least time. */
	line_us = (1e6 / REFRESH - V_BLANK_MIN_US) / height;
	blank = (uint32_t)(V_BLANK_MIN_US / line_us) + 1;
	least = V_SYNC_AFTER + sync + V_BACK_PORCH_MIN;
	if (blank < least)
		blank = least;
	*timing_r = (struct timing){ .width = width,
		.h_total = width + H_BLANK,
		.h_sync_from = width + H_SYNC_AFTER,
		.h_sync_to = width + H_SYNC_AFTER + H_SYNC,
		.height = height,
		.v_total = height + blank,
		.v_sync_from = height + V_SYNC_AFTER,
		.v_sync_to = height + V_SYNC_AFTER + sync };
	timing_r->clock_10khz = (uint32_t)((uint64_t)REFRESH * timing_r->h_total *
					   timing_r->v_total / 10000 / CLOCK_STEP * CLOCK_STEP);
	return timing_r->clock_10khz > CLOCK_MAX ? -ERANGE : 0;
}

/* Makes the last byte such that the sum of the block is 0 (3.11). */
static void finish_block(uint8_t *block)
{
	uint8_t sum = 0;

	for (uint32_t i = 0; i < BLOCK - 1; i++)
		sum = (uint8_t)(sum + block[i]);
	block[BLOCK - 1] = (uint8_t)-sum;
}

/* A detailed timing descriptor (3.10.2). */
static void put_timing(uint8_t *to, const struct timing *timing, uint32_t mm_wide, uint32_t mm_high)
{
	uint32_t h_blank = timing->h_total - timing->width;
	uint32_t v_blank = timing->v_total - timing->height;
	uint32_t h_after = timing->h_sync_from - timing->width;
	uint32_t h_sync = timing->h_sync_to - timing->h_sync_from;
	uint32_t v_after = timing->v_sync_from - timing->height;
	uint32_t v_sync = timing->v_sync_to - timing->v_sync_from;

	to[0] = (uint8_t)timing->clock_10khz;
	to[1] = (uint8_t)(timing->clock_10khz >> 8);
	to[2] = (uint8_t)timing->width;
	to[3] = (uint8_t)h_blank;
	to[4] = (uint8_t)(timing->width >> 8 << 4 | h_blank >> 8);
	to[5] = (uint8_t)timing->height;
	to[6] = (uint8_t)v_blank;
	to[7] = (uint8_t)(timing->height >> 8 << 4 | v_blank >> 8);
	to[8] = (uint8_t)h_after;
	to[9] = (uint8_t)h_sync;
	to[10] = (uint8_t)((v_after & 0xf) << 4 | (v_sync & 0xf));
	to[11] = (uint8_t)(h_after >> 8 << 6 | h_sync >> 8 << 4 | v_after >> 4 << 2 | v_sync >> 4);
	to[12] = (uint8_t)mm_wide;
	to[13] = (uint8_t)mm_high;
	to[14] = (uint8_t)(mm_wide >> 8 << 4 | mm_high >> 8);
	/* Digital, separate syncs; CVT-RB has horizontal sync positive and vertical negative. */
	to[17] = 0x1a;
}

/* A display descriptor of text (3.10.3), which ends with a newline and is filled with spaces. */
static void put_text(uint8_t *to, uint8_t tag, const char *text)
{
	size_t length = strlen(text);

	to[3] = tag;
	memset(to + 5, ' ', 13);
	memcpy(to + 5, text, length);
	if (length < 13)
		to[5 + length] = '\n';
}

/* Display range limits (3.10.3.3), as narrow as the two modes. */
static void put_limits(uint8_t *to, const struct timing *timing)
{
	uint32_t khz = timing->clock_10khz * 10 / timing->h_total;

	to[3] = 0xfd;
	to[5] = REFRESH - 1; /* vertical, Hz */
	to[6] = REFRESH + 1;
	/* Horizontal, kHz: 640x480 has 31.5. */
	to[7] = (uint8_t)(khz < 31 ? khz : 31);
	to[8] = (uint8_t)(khz < 32 ? 32 : khz < 254 ? khz + 1 : 255);
	to[9] = (uint8_t)(timing->clock_10khz < 2518 ? 3
						     : timing->clock_10khz / 1000 + 1); /* 10 MHz */
	to[11] = '\n';
	memset(to + 12, ' ', 6);
}

static void put_base(uint8_t *block, const struct timing *timing)
{
	/* 96 pixels an inch, like many a monitor. */
	uint32_t mm_wide = timing->width * 254 / 960, mm_high = timing->height * 254 / 960;
	/* Vendor "IGD", three letters of five bits; product 1; serial 1; week 0 of 2026;
	 * EDID 1.3, which HDMI asks for.
	 */
	static const uint8_t head[] = { 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0,
		('I' - '@') << 2 | ('G' - '@') >> 3, (('G' - '@') & 7) << 5 | ('D' - '@'), 1, 0, 1,
		0, 0, 0, 0, 2026 - 1990, 1, 3 };
	/* The primaries and white of sRGB (IEC 61966-2-1), as ten-bit fractions. */
	static const uint8_t colours[] = { 0xee, 0x91, 0xa3, 0x54, 0x4c, 0x99, 0x26, 0x0f, 0x50,
		0x54 };

	memcpy(block, head, sizeof(head));
	block[20] = 0x80; /* digital */
	block[21] = (uint8_t)(mm_wide / 10);
	block[22] = (uint8_t)(mm_high / 10);
	block[23] = 120;  /* gamma 2.2 */
	block[24] = 0x0e; /* RGB; sRGB; the first timing is the preferred one */
	memcpy(block + 25, colours, sizeof(colours));
	block[35] = 0x20;          /* established: 640x480 at 60 Hz, which every display has */
	memset(block + 38, 1, 16); /* no standard timings */
	put_timing(block + 54, timing, mm_wide, mm_high);
	put_text(block + 72, 0xfc, EDID_NAME);
	put_limits(block + 90, timing);
	block[108 + 3] = 0x10; /* a dummy */
	block[126] = 1;        /* one more block */
	finish_block(block);
}

static void put_extension(uint8_t *block, bool hdmi)
{
	/*
	 * CTA-861-G, 7.5: a head, then data blocks of a tag in bits 7:5 and a length in 4:0. Video
	 * capabilities: the range of RGB can be chosen, and nothing is overscanned.
	 */
	static const uint8_t video[] = { 0xe2, 0x00, 0x4a };
	/* HDMI 1.4b, 8.3.2: identifier 00-0c-03, physical address 1.0.0.0. */
	static const uint8_t vendor[] = { 0x65, 0x03, 0x0c, 0x00, 0x10, 0x00 };
	size_t used = 4;

	block[0] = 2;
	block[1] = 3;
	memcpy(block + used, video, sizeof(video));
	used += sizeof(video);
	if (hdmi) {
		memcpy(block + used, vendor, sizeof(vendor));
		used += sizeof(vendor);
	}
	block[2] = (uint8_t)used; /* where detailed timings would begin; none follows */
	block[3] = 0x80;          /* underscanned; neither audio nor YCbCr */
	finish_block(block);
}

int edid_make(uint32_t width, uint32_t height, bool hdmi, uint8_t edid[static EDID_MADE_SIZE])
{
	struct timing timing;
	int r = timing_make(width, height, &timing);

	if (r < 0)
		return r;
	memset(edid, 0, EDID_MADE_SIZE);
	put_base(edid, &timing);
	put_extension(edid + BLOCK, hdmi);
	return 0;
}
