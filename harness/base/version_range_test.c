/* Expected: docs/use/matrix.md, "Versions"; the releases are QEMU's and Xen's own numbers. */
#include "harness/base/version_range.h"

#include <errno.h>
#include <string.h>

#include "src/suite.h"

static const struct {
	const char *range, *version;
	bool match;
} cases[] = {
	/* By numbers, not by letters: the slot-2 patch is in 7.2.3 and later of 7.2. */
	{ ">=7.2.3", "7.2.22", true },
	{ ">=7.2.3", "7.2.3", true },
	{ ">=7.2.3", "7.2.2", false },
	{ "<10.0", "9.2", true },
	{ "<10.0", "10.0.13", false },
	{ ">=7.0 <10.0", "7.0", true },
	{ ">=7.0 <10.0", "6.2", false },
	{ ">=7.0 <10.0", "10.0", false },
	{ ">7.2", "7.2.0", false },
	{ ">7.2", "7.2.1", true },
	{ "<=7.2", "7.2.0", true },
	{ "<=7.2", "7.2.1", false },
	{ "=7.2", "7.2.0", true },
	{ "=7.2", "7.2", true },
	{ "=7.2.0.0", "7.2", true },
	{ "=7.2", "7.2.1", false },
	{ "  >=4.17   <4.20 ", "4.19.6", true },
	{ "  >=4.17   <4.20 ", "4.20.0", false },
	{ ">=4.9", "4.17", true },
	{ ">=007.02", "7.2", true },
	{ "<999999999", "999999998.999999999", true },
	{ ">=1.2.3.4.5.6.7.8", "1.2.3.4.5.6.7.9", true },
};

static void matches(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct problem why = { "" };
		bool match = !cases[i].match;

		CU_ASSERT_EQUAL(version_range_check(cases[i].range, &why), 0);
		CU_ASSERT_STRING_EQUAL(why.text, "");
		CU_ASSERT_EQUAL(version_range_match(cases[i].range, cases[i].version, &match), 0);
		CU_ASSERT_EQUAL(match, cases[i].match);
	}
}

static void bad_ranges(void)
{
	static const char *const ranges[] = { "", " ", "7.2", ">= 7.2", ">=7.2,<8", ">=7.2<8",
		"=>7", "==7", "~7", ">=", ">=7.", ">=.7", ">=7..2", ">=-1", ">=7.2-rc1", ">=7.x",
		">=1000000000", ">=1.2.3.4.5.6.7.8.9", ">=7\t<8" };

	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		struct problem why = { "" };
		bool match;

		CU_ASSERT_EQUAL(version_range_check(ranges[i], &why), -EINVAL);
		CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "is not a version range"));
		CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "\">=7.0 <10.0\""));
		CU_ASSERT_EQUAL(version_range_match(ranges[i], "7.2", &match), -EINVAL);
	}
	CU_ASSERT_EQUAL(version_range_check("", NULL), -EINVAL);
}

static void empty_ranges(void)
{
	static const char *const empty[] = { ">=10.0 <7.0", "<7.0 >=7.0", ">7.0 <=7.0", ">7 <7.0",
		"=7.0 =8.0", "=7.0 >7.0", "<0", ">=7 <9 >=9.1" };
	static const char *const one[] = { ">=7.0 <=7.0", "=7.0 >=7", "<=0", ">=7 >6 <8 <9" };
	struct problem why;

	for (size_t i = 0; i < sizeof(empty) / sizeof(empty[0]); i++) {
		why.text[0] = 0;
		CU_ASSERT_EQUAL(version_range_check(empty[i], &why), -EINVAL);
		CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "no version is in the range"));
		CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "remove a comparator"));
	}
	for (size_t i = 0; i < sizeof(one) / sizeof(one[0]); i++)
		CU_ASSERT_EQUAL(version_range_check(one[i], NULL), 0);
}

static void bad_versions(void)
{
	static const char *const versions[] = { "", "7.2.22 (Debian 1:7.2+dfsg-7)", "7.2-rc1",
		"4.20.5-pre", "v7.2", "7.2.", ".7", " 7.2", "99999999999999999999",
		"1.2.3.4.5.6.7.8.9" };

	for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++) {
		bool match;

		CU_ASSERT_EQUAL(version_range_match(">=0", versions[i], &match), -EINVAL);
	}
}

static void all_ranges_hold_or_not(void)
{
	static const struct {
		const char *ranges, *detected, *unknown;
		bool hold;
	} table[] = {
		{ "{\"qemu\": \">=7.0\", \"xen\": \"<4.23\"}",
			"{\"qemu\": \"7.2\", \"xen\": \"4.17\"}", NULL, true },
		{ "{\"qemu\": \">=7.0\", \"xen\": \"<4.23\"}",
			"{\"qemu\": \"7.2\", \"xen\": \"4.23\"}", NULL, false },
		{ "{\"qemu\": \">=7.0\"}", "{\"xen\": \"4.17\"}", "qemu", true },
		{ "{}", "{}", NULL, true },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		json_t *ranges = json_loads(table[i].ranges, 0, NULL);
		json_t *detected = json_loads(table[i].detected, 0, NULL);
		const char *unknown = NULL;

		CU_ASSERT_EQUAL(version_ranges_hold(ranges, detected, &unknown), table[i].hold);
		CU_ASSERT_EQUAL(unknown == NULL, table[i].unknown == NULL);
		CU_ASSERT_TRUE(version_ranges_hold(NULL, detected, &unknown));
		json_decref(ranges);
		json_decref(detected);
	}
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "a version is in a range or not", matches },
		{ "a range that cannot be read", bad_ranges },
		{ "a range without a version", empty_ranges },
		{ "what is no version", bad_versions },
		{ "all ranges hold or not", all_ranges_hold_or_not },
		CU_TEST_INFO_NULL,
	};

	return suite_main("versions", tests);
}
