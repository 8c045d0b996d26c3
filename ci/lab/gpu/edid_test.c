/*
 * The timings are those that `cvt -r' prints, by VESA's own spreadsheet for CVT 1.1; offsets in the
 * EDID are those of VESA E-EDID.
 */
#include "ci/lab/gpu/edid.h"

#include <errno.h>
#include <string.h>

#include "src/edid.h"
#include "src/suite.h"

static void test_timings_are_those_of_cvt(void)
{
	static const struct timing known[] = {
		{ 13850, 1920, 2080, 1968, 2000, 1080, 1111, 1083, 1088 },
		{ 6400, 1280, 1440, 1328, 1360, 720, 741, 723, 728 },
		{ 9100, 1280, 1440, 1328, 1360, 1024, 1054, 1027, 1034 },
		{ 24150, 2560, 2720, 2608, 2640, 1440, 1481, 1443, 1448 },
		{ 15400, 1920, 2080, 1968, 2000, 1200, 1235, 1203, 1209 },
		{ 10100, 1400, 1560, 1448, 1480, 1050, 1080, 1053, 1057 },
	};
	struct timing timing;

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		CU_ASSERT_EQUAL(timing_make(known[i].width, known[i].height, &timing), 0);
		CU_ASSERT_EQUAL(memcmp(&timing, &known[i], sizeof(timing)), 0);
	}
}

static void test_a_mode_that_cannot_be_said_is_refused(void)
{
	struct timing timing;

	CU_ASSERT_EQUAL(timing_make(0, 0, &timing), -ERANGE);
	CU_ASSERT_EQUAL(timing_make(632, 480, &timing), -ERANGE);
	CU_ASSERT_EQUAL(timing_make(641, 480, &timing), -ERANGE);
	CU_ASSERT_EQUAL(timing_make(640, 479, &timing), -ERANGE);
	CU_ASSERT_EQUAL(timing_make(4096, 2160, &timing), -ERANGE);
	CU_ASSERT_EQUAL(timing_make(4088, 4095, &timing), -ERANGE);
	CU_ASSERT_EQUAL(timing_make(UINT32_MAX, UINT32_MAX, &timing), -ERANGE);
	CU_ASSERT_EQUAL(timing_make(640, 480, &timing), 0);
}

static uint8_t sum(const uint8_t *block)
{
	uint8_t total = 0;

	for (int i = 0; i < 128; i++)
		total = (uint8_t)(total + block[i]);
	return total;
}

static void test_an_edid_says_its_mode_and_that_it_is_virtual(void)
{
	uint8_t made[EDID_MADE_SIZE];
	struct edid edid;

	CU_ASSERT_EQUAL_FATAL(edid_make(1920, 1080, true, made), 0);
	CU_ASSERT_EQUAL(edid_parse(made, sizeof(made), &edid), 0);
	CU_ASSERT_STRING_EQUAL(edid.name, "VIRTUAL GPU");
	CU_ASSERT_STRING_EQUAL(edid.vendor, "IGD");
	CU_ASSERT_EQUAL(edid.width, 1920);
	CU_ASSERT_EQUAL(edid.height, 1080);
	/* 138500 kHz of pixels in 2080x1111. */
	CU_ASSERT_EQUAL(edid.refresh_mhz, 59934);
	CU_ASSERT_EQUAL(sum(made), 0);
	CU_ASSERT_EQUAL(sum(made + 128), 0);
	CU_ASSERT_EQUAL(made[126], 1);
	CU_ASSERT_EQUAL(made[128], 2);
}

static const uint8_t *find(const uint8_t *made, const char *bytes, size_t size)
{
	return memmem(made + 128, 128, bytes, size);
}

static void test_only_an_hdmi_sink_says_hdmi(void)
{
	uint8_t made[EDID_MADE_SIZE];

	CU_ASSERT_EQUAL_FATAL(edid_make(1920, 1080, true, made), 0);
	CU_ASSERT_PTR_NOT_NULL(find(made, "\x03\x0c\x00", 3));
	CU_ASSERT_EQUAL_FATAL(edid_make(1920, 1080, false, made), 0);
	CU_ASSERT_PTR_NULL(find(made, "\x03\x0c\x00", 3));
	CU_ASSERT_EQUAL(edid_make(100, 100, false, made), -ERANGE);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "timings are those of CVT", test_timings_are_those_of_cvt },
		{ "a mode that cannot be said is refused",
			test_a_mode_that_cannot_be_said_is_refused },
		{ "an EDID says its mode, and that it is virtual",
			test_an_edid_says_its_mode_and_that_it_is_virtual },
		{ "only an HDMI sink says HDMI", test_only_an_hdmi_sink_says_hdmi },
		CU_TEST_INFO_NULL,
	};

	return suite_main("edid", tests);
}
