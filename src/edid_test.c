/*
 * Expected values: for QEMU's EDID what edid-decode (Debian bookworm's, a reader of its own) says
 * of the same bytes; for the made ones the E-EDID clause named beside them.
 */
#include "src/edid.h"

#include <errno.h>
#include <string.h>

#include "src/suite.h"

/*
 * What QEMU 7.2.22 offers through stdvga on -M pc: read by igd-agent from the EDID property of
 * Linux 6.1's bochs-drm. The same bytes are in src/corpus/edid/qemu-7.2-stdvga, with an extension.
 */
/* clang-format off */
static const uint8_t qemu[EDID_BLOCK] = {
	0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00, 0x49, 0x14, 0x34, 0x12, 0x00, 0x00, 0x00, 0x00,
	0x2a, 0x18, 0x01, 0x04, 0xa5, 0x20, 0x14, 0x78, 0x06, 0xee, 0x91, 0xa3, 0x54, 0x4c, 0x99, 0x26,
	0x0f, 0x50, 0x54, 0x21, 0x08, 0x00, 0xe1, 0xc0, 0xd1, 0xc0, 0xd1, 0x00, 0xa9, 0x40, 0xb3, 0x00,
	0x95, 0x00, 0x81, 0x80, 0x81, 0x40, 0xea, 0x29, 0x00, 0xc0, 0x51, 0x20, 0x1c, 0x30, 0x40, 0x26,
	0x44, 0x40, 0x45, 0xcb, 0x10, 0x00, 0x00, 0x18, 0x00, 0x00, 0x00, 0xf7, 0x00, 0x0a, 0x00, 0x40,
	0x82, 0x00, 0x28, 0x20, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xfd, 0x00, 0x32,
	0x7d, 0x1e, 0xa0, 0xff, 0x01, 0x0a, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x00, 0x00, 0x00, 0xfc,
	0x00, 0x51, 0x45, 0x4d, 0x55, 0x20, 0x4d, 0x6f, 0x6e, 0x69, 0x74, 0x6f, 0x72, 0x0a, 0x01, 0x3a,
};
/* clang-format on */

/* Offsets in it. */
#define TIMING   54  /* the first descriptor, a detailed timing */
#define NAME     113 /* the 13 bytes of the fourth's text */
#define CHECKSUM 127

static void copy(uint8_t block[static EDID_BLOCK])
{
	memcpy(block, qemu, EDID_BLOCK);
}

static void mend(uint8_t block[static EDID_BLOCK])
{
	uint8_t sum = 0;

	for (int i = 0; i < CHECKSUM; i++)
		sum = (uint8_t)(sum + block[i]);
	block[CHECKSUM] = (uint8_t)(256 - sum);
}

static void test_qemu(void)
{
	struct edid edid;

	CU_ASSERT_EQUAL_FATAL(edid_parse(qemu, sizeof(qemu), &edid), 0);
	CU_ASSERT_STRING_EQUAL(edid.vendor, "RHT");
	CU_ASSERT_STRING_EQUAL(edid.name, "QEMU Monitor");
	CU_ASSERT_EQUAL(edid.width, 1280);
	CU_ASSERT_EQUAL(edid.height, 800);
	CU_ASSERT_EQUAL(edid.refresh_mhz, 74994); /* "74.993850 Hz" */
}

static void test_refused(void)
{
	uint8_t block[EDID_BLOCK];
	struct edid edid = { .width = 7 };

	CU_ASSERT_EQUAL(edid_parse(qemu, 0, &edid), -EINVAL);
	CU_ASSERT_EQUAL(edid_parse(qemu, EDID_BLOCK - 1, &edid), -EINVAL);
	for (size_t i = 0; i < EDID_BLOCK; i++) {
		/* 3.11: one changed byte anywhere spoils the sum. */
		copy(block);
		block[i] ^= 0x40;
		CU_ASSERT_EQUAL(edid_parse(block, sizeof(block), &edid), -EINVAL);
	}
	copy(block);
	block[0] = 1; /* 3.3: the header is fixed, whatever the sum */
	mend(block);
	CU_ASSERT_EQUAL(edid_parse(block, sizeof(block), &edid), -EINVAL);
	CU_ASSERT_EQUAL(edid.width, 7);
}

static void test_hostile_texts(void)
{
	uint8_t block[EDID_BLOCK];
	struct edid edid;

	copy(block);
	memcpy(block + NAME, "\x1b[2J<b>\x00\xff\x7f%n", 12);
	block[NAME + 12] = 'x'; /* 13 bytes and no line feed: the longest there is */
	mend(block);
	CU_ASSERT_EQUAL_FATAL(edid_parse(block, sizeof(block), &edid), 0);
	CU_ASSERT_STRING_EQUAL(edid.name, "?[2J<b>???%nx");

	copy(block);
	memcpy(block + NAME, "\n            ", 13);
	block[8] = 0x03; /* 3.4.1: letters are 1 to 26; these are 0, 31 and 0 */
	block[9] = 0xe0;
	mend(block);
	CU_ASSERT_EQUAL_FATAL(edid_parse(block, sizeof(block), &edid), 0);
	CU_ASSERT_STRING_EQUAL(edid.name, "");
	CU_ASSERT_STRING_EQUAL(edid.vendor, "???");
}

static void test_timings(void)
{
	uint8_t block[EDID_BLOCK];
	struct edid edid;

	/* CTA-861, VIC 5: 1920x1080i, 74.25 MHz, 2200 by 1125 (562.5 a field), 60 Hz fields. */
	static const uint8_t interlaced[18] = { 0x01, 0x1d, 0x80, 0x18, 0x71, 0x1c, 0x16, 0x20,
		0x58, 0x2c, 0x25, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x9e };

	copy(block);
	memcpy(block + TIMING, interlaced, sizeof(interlaced));
	mend(block);
	CU_ASSERT_EQUAL_FATAL(edid_parse(block, sizeof(block), &edid), 0);
	CU_ASSERT_EQUAL(edid.width, 1920);
	CU_ASSERT_EQUAL(edid.height, 1080);
	/* The descriptor has 562 whole lines a field, 0.09 % too few: 60.053 Hz. */
	CU_ASSERT_EQUAL(edid.refresh_mhz, 60053);

	/* 3.10.2: a pixel clock of 0 is no timing, so there is no preferred one. */
	copy(block);
	memset(block + TIMING, 0, 18);
	block[TIMING + 3] = 0x10; /* dummy descriptor, 3.10.3.11 */
	mend(block);
	CU_ASSERT_EQUAL_FATAL(edid_parse(block, sizeof(block), &edid), 0);
	CU_ASSERT_EQUAL(edid.width, 0);
	CU_ASSERT_STRING_EQUAL(edid.name, "QEMU Monitor");

	/* The fastest there can be: 655.35 MHz over 1 by 1 pixel does not fit 32 bits. */
	copy(block);
	memset(block + TIMING, 0, 18);
	block[TIMING] = block[TIMING + 1] = 0xff;
	block[TIMING + 2] = block[TIMING + 5] = 1;
	mend(block);
	CU_ASSERT_EQUAL_FATAL(edid_parse(block, sizeof(block), &edid), 0);
	CU_ASSERT_EQUAL(edid.refresh_mhz, UINT32_MAX);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "QEMU's EDID", test_qemu },
		{ "short, other header, wrong checksum", test_refused },
		{ "hostile texts", test_hostile_texts },
		{ "timings", test_timings },
		CU_TEST_INFO_NULL,
	};

	return suite_main("edid", tests);
}
