/* How a run is steered, as texts of the command line. */
#include "harness/cli/wishes.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/suite.h"

static int read_text(const struct wish_texts *texts, struct session_wishes *wishes)
{
	struct problem why = { "" };
	int r = wishes_read(texts, wishes, &why);

	CU_ASSERT_EQUAL(r < 0, why.text[0] != '\0');
	return r;
}

static void durations(void)
{
	static const struct {
		const char *text;
		uint64_t ms; /* 0: refused */
	} cases[] = {
		{ "90s", 90000 },
		{ "45min", 45 * 60000 },
		{ "45m", 45 * 60000 },
		{ "8h", 8 * 3600000 },
		{ "720h", 720ull * 3600000 },
		{ "721h" },
		{ "99999999999999999999s" },
		{ "18446744073709551615h" },
		{ "0s" },
		{ "90" },
		{ "s" },
		{ "" },
		{ "-1s" },
		{ " 1s" },
		{ "1.5h" },
		{ "1 h" },
		{ "1d" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct session_wishes wishes = { .max_fail = 0 };
		int r = read_text(&(struct wish_texts){ .time_limit = cases[i].text }, &wishes);

		CU_ASSERT_EQUAL(r, cases[i].ms ? 0 : -EINVAL);
		CU_ASSERT_EQUAL(wishes.time_limit_ms, cases[i].ms);
		if (wishes.time_limit_ms != cases[i].ms)
			printf("\n  %s\n", cases[i].text);
	}
}

static void numbers_of_fails(void)
{
	static const char *const wrong[] = { "0", "-1", "", "two", "2x", "20001", "4294967297" };
	struct session_wishes wishes = { .max_fail = 0 };

	CU_ASSERT_EQUAL(read_text(&(struct wish_texts){ .max_fail = "3" }, &wishes), 0);
	CU_ASSERT_EQUAL(wishes.max_fail, 3);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		CU_ASSERT_EQUAL(
			read_text(&(struct wish_texts){ .max_fail = wrong[i] }, &wishes), -EINVAL);
}

/*
 * Which cells of that recorded run fail, and that others do not, is in its results/recorded
 * README: see the check `recorded`. Here: that those of the judge are taken, and no others.
 */
static void orders(void)
{
	static const char *const wrong[] = { "failed-first", "failed-first=", "failed", "" };
	struct session_wishes wishes = { .max_fail = 0 };
	char order[512];

	snprintf(order, sizeof(order), "failed-first=%s/results/recorded/gpu-fault-no-vbt",
		getenv("SOURCE_ROOT"));
	CU_ASSERT_EQUAL(read_text(&(struct wish_texts){ .order = order }, &wishes), 0);
	CU_ASSERT_EQUAL(json_object_size(wishes.first), 1);
	json_decref((json_t *)wishes.first);
	wishes.first = NULL;
	CU_ASSERT_EQUAL(
		read_text(&(struct wish_texts){ .order = "failed-first=/nowhere" }, &wishes),
		-ENOENT);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		CU_ASSERT_EQUAL(
			read_text(&(struct wish_texts){ .order = wrong[i] }, &wishes), -EINVAL);
	CU_ASSERT_PTR_NULL(wishes.first);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "durations", durations },
		{ "numbers of FAILs", numbers_of_fails },
		{ "the order by an earlier run", orders },
		CU_TEST_INFO_NULL,
	};

	return suite_main("wishes", tests);
}
