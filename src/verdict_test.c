#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/suite.h"
#include "src/verdict.h"

/* The order and the exit statuses are written in the project's first issue, "Verdicts"; FLAKY
 * between XFAIL and FAIL in its issue 20. */
static void the_order_is_as_agreed(void)
{
	static const char *const order[] = { "PASS", "DONE", "SKIP", "XFAIL", "FLAKY", "FAIL",
		"ERROR", "MISS" };

	CU_ASSERT_EQUAL(VERDICT_COUNT, 8);
	for (int i = 0; i < VERDICT_COUNT; i++)
		CU_ASSERT_STRING_EQUAL(verdict_name((enum verdict)i), order[i]);
	CU_ASSERT_EQUAL(verdict_worst(VERDICT_FAIL, VERDICT_PASS), VERDICT_FAIL);
	CU_ASSERT_EQUAL(verdict_worst(VERDICT_FAIL, VERDICT_MISS), VERDICT_MISS);
}

static void words_are_read_back(void)
{
	enum verdict verdict;

	for (int i = 0; i < VERDICT_COUNT; i++) {
		CU_ASSERT_EQUAL(verdict_parse(verdict_name((enum verdict)i), &verdict), 0);
		CU_ASSERT_EQUAL(verdict, (enum verdict)i);
	}
	CU_ASSERT_EQUAL(verdict_parse("pass", &verdict), -EINVAL);
	CU_ASSERT_EQUAL(verdict_parse("", &verdict), -EINVAL);
}

static void only_a_deviation_exits_with_one(void)
{
	CU_ASSERT_EQUAL(verdict_exit_status(VERDICT_PASS), 0);
	CU_ASSERT_EQUAL(verdict_exit_status(VERDICT_XFAIL), 0);
	CU_ASSERT_EQUAL(verdict_exit_status(VERDICT_FLAKY), 1);
	CU_ASSERT_EQUAL(verdict_exit_status(VERDICT_FAIL), 1);
	CU_ASSERT_EQUAL(verdict_exit_status(VERDICT_ERROR), 3);
	CU_ASSERT_EQUAL(verdict_exit_status(VERDICT_MISS), 3);
}

/* The row of each verdict: its meaning, and its exit status. */
static void the_documents_have_the_same_meanings(void)
{
	static const char *const files[] = { "README.md", "docs/use/verdicts.md" };
	const char *root = getenv("SOURCE_ROOT");

	for (size_t i = 0; i < 2; i++) {
		char path[512], row[256], text[65536];
		size_t length;
		FILE *file;

		snprintf(path, sizeof(path), "%s/%s", root ? root : ".", files[i]);
		file = fopen(path, "r");
		CU_ASSERT_PTR_NOT_NULL_FATAL(file);
		length = fread(text, 1, sizeof(text) - 1, file);
		text[length] = 0;
		fclose(file);
		for (int v = 0; v < VERDICT_COUNT; v++) {
			snprintf(row, sizeof(row), "\n| %s | %s | %d",
				verdict_name((enum verdict)v), verdict_meaning((enum verdict)v),
				verdict_exit_status((enum verdict)v));
			CU_ASSERT_PTR_NOT_NULL(strstr(text, row));
		}
	}
}

static CU_TestInfo tests[] = {
	{ "the order is as agreed", the_order_is_as_agreed },
	{ "the documents have the same meanings", the_documents_have_the_same_meanings },
	{ "words are read back", words_are_read_back },
	{ "only a deviation exits with 1", only_a_deviation_exits_with_one },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	return suite_main("verdict", tests);
}
