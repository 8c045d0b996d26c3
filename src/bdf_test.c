#include <errno.h>
#include <string.h>

#include "src/bdf.h"
#include "src/suite.h"

static void reads_both_forms(void)
{
	struct bdf bdf;

	CU_ASSERT_EQUAL(bdf_parse("0000:00:1f.3", &bdf), 0);
	CU_ASSERT(bdf_equal(bdf, (struct bdf){ .slot = 31, .function = 3 }));
	CU_ASSERT_EQUAL(bdf_parse("0a:02.0", &bdf), 0);
	CU_ASSERT(bdf_equal(bdf, (struct bdf){ .bus = 10, .slot = 2 }));
	CU_ASSERT_EQUAL(bdf_parse("10AB:ff:00.7", &bdf), 0);
	CU_ASSERT(bdf_equal(bdf, (struct bdf){ .domain = 0x10ab, .bus = 255, .function = 7 }));
	/* Linux' drivers/pci/controller/vmd.c, vmd_find_free_domain(): the first domain is 0x10000.
	 */
	CU_ASSERT_EQUAL(bdf_parse("10000:e0:06.0", &bdf), 0);
	CU_ASSERT(bdf_equal(bdf, (struct bdf){ .domain = 0x10000, .bus = 0xe0, .slot = 6 }));
	CU_ASSERT_EQUAL(bdf_parse("ffffffff:ff:1f.7", &bdf), 0);
	CU_ASSERT_EQUAL(bdf.domain, UINT32_MAX);
}

static void refuses_what_is_no_address(void)
{
	static const char *const wrong[] = { "", "00:02", "00:02.", "00:02.8", "00:20.0", "0:02.0",
		"00:02.0 ", "00:02.00", "0000:00:02.0x", "000g:00:02.0", "-1:02.0", "00-02.0",
		"00:1f,0", "100000000:00:02.0", "000:00:02.0", "10000:00:20.0", NULL };

	for (int i = 0; wrong[i]; i++) {
		struct bdf bdf = { .slot = 5 };

		CU_ASSERT_EQUAL(bdf_parse(wrong[i], &bdf), -EINVAL);
		CU_ASSERT_EQUAL(bdf.slot, 5);
	}
}

static void writes_the_long_form(void)
{
	char text[BDF_TEXT_MAX];

	bdf_format((struct bdf){ .domain = 0x10ab, .bus = 0xff, .slot = 31, .function = 7 }, text);
	CU_ASSERT_STRING_EQUAL(text, "10ab:ff:1f.7");
	bdf_format((struct bdf){ .domain = 0x10000, .bus = 0xe0, .slot = 6 }, text);
	CU_ASSERT_STRING_EQUAL(text, "10000:e0:06.0");
	bdf_format(
		(struct bdf){ .domain = UINT32_MAX, .bus = 255, .slot = 31, .function = 7 }, text);
	CU_ASSERT_STRING_EQUAL(text, "ffffffff:ff:1f.7");
}

static void a_long_domain_is_behind_a_short_one(void)
{
	struct bdf short_one = { .domain = 0x2000 }, long_one = { .domain = 0x10000 };

	CU_ASSERT(bdf_compare(short_one, long_one) < 0);
	CU_ASSERT(bdf_compare(long_one, short_one) > 0);
	CU_ASSERT(bdf_compare(long_one, long_one) == 0);
}

static CU_TestInfo tests[] = {
	{ "reads both forms", reads_both_forms },
	{ "refuses what is no address", refuses_what_is_no_address },
	{ "writes the long form", writes_the_long_form },
	{ "a long domain is behind a short one", a_long_domain_is_behind_a_short_one },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	return suite_main("bdf", tests);
}
