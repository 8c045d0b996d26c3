/* Nothing is installed beside this program: what is named, or in the run, is all there is. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/run_files.h"
#include "harness/logs/patterns.h"
#include "src/suite.h"

static char place[] = "/tmp/igd-patterns-choose-XXXXXX";
static char file[64];

static void write_patterns(const char *text)
{
	FILE *stream = fopen(file, "w");

	CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
	fputs(text, stream);
	CU_ASSERT_EQUAL(fclose(stream), 0);
}

#define NONE "format: igd-harness patterns\nversion: 1\npatterns: []\n"

static void without_any_there_are_none(void)
{
	struct patterns *patterns = NULL;
	struct problem why = { "" };

	remove(file);
	CU_ASSERT_EQUAL(patterns_choose(NULL, NULL, &patterns, &why), 0);
	CU_ASSERT_PTR_NULL(patterns);
	CU_ASSERT_EQUAL(patterns_choose(NULL, place, &patterns, &why), 0);
	CU_ASSERT_PTR_NULL(patterns);
	CU_ASSERT_STRING_EQUAL(why.text, "");
}

static void the_runs_own_are_taken_last(void)
{
	struct patterns *patterns = NULL;
	struct problem why = { "" };

	write_patterns(NONE);
	CU_ASSERT_EQUAL(patterns_choose(NULL, place, &patterns, &why), 0);
	CU_ASSERT_PTR_NOT_NULL(patterns);
	patterns_free(patterns);
	write_patterns("x: 1\n");
	CU_ASSERT_EQUAL(patterns_choose(NULL, place, &patterns, &why), -EINVAL);
	CU_ASSERT_PTR_NULL(patterns);
	CU_ASSERT_EQUAL(strncmp(why.text, file, strlen(file)), 0);
}

static void who_names_a_file_wants_that_file(void)
{
	struct patterns *patterns = NULL;
	struct problem why = { "" };

	write_patterns(NONE);
	CU_ASSERT_EQUAL(patterns_choose("/nowhere/p.yaml", place, &patterns, &why), -ENOENT);
	CU_ASSERT_PTR_NULL(patterns);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "/nowhere/p.yaml"));
	setenv("IGD_PATTERNS", "/nowhere/e.yaml", 1);
	CU_ASSERT_EQUAL(patterns_choose(NULL, place, &patterns, NULL), -ENOENT);
	CU_ASSERT_EQUAL(patterns_choose(file, NULL, &patterns, NULL), 0);
	CU_ASSERT_PTR_NOT_NULL(patterns);
	patterns_free(patterns);
	unsetenv("IGD_PATTERNS");
}

static CU_TestInfo tests[] = {
	{ "without any there are none", without_any_there_are_none },
	{ "the run's own are taken last", the_runs_own_are_taken_last },
	{ "who names a file wants that file", who_names_a_file_wants_that_file },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	int status;

	unsetenv("IGD_PATTERNS");
	if (!mkdtemp(place))
		return 1;
	snprintf(file, sizeof(file), "%s/%s", place, PATTERNS_FILE);
	status = suite_main("patterns_choose", tests);
	remove(file);
	return remove(place) == 0 ? status : 1;
}
