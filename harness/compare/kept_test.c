/*
 * What is kept in spools is printed as what is in memory: the comparison in memory is tested by
 * compare_test.c.
 */
#include "harness/compare/kept.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "harness/judge/findings_sink.h"
#include "src/suite.h"

#define RUNS  3
#define CELLS 300

/* Cells of a run: the third run has them backwards, some are in one run alone, one comes twice. */
static json_t *findings_of(int run)
{
	static const char *const verdicts[] = { "PASS", "FAIL", "XFAIL", "ERROR" };
	json_t *cells = json_array();
	char name[32];

	for (int i = 0; i < CELLS; i++) {
		int n = run == 2 ? CELLS - 1 - i : i;
		const char *verdict = verdicts[(n / (run + 3)) % 4];

		snprintf(name, sizeof(name), "cell-%d", n % 17 == run ? 1000 * run + n : n);
		json_array_append_new(
			cells, json_pack("{s:i, s:s, s:s, s:s, s:s, s:[{s:s, s:s, s:s, s:s}], s:s}",
				       "index", i, "name",
				       n == 7   ? "twice"
				       : n == 9 ? "twice"
						: name,
				       "verdict", verdict, "ending", n % 5 ? "done" : "timeout",
				       "cause", "<b>\n\x1b[2J\"'", "findings", "id", "mode",
				       "field", "display/mode", "verdict", verdict, "seen", name,
				       "logs", "not compared"));
	}
	return json_pack("{s:{s:{s:i}}, s:o, s:s, s:{s:i}}", "identities", "versions", "qemu", run,
		"cells", cells, "verdict", "FAIL", "counts", "FAIL", run + 1);
}

static char *printed(const struct comparison *comparison,
	int (*render)(const struct comparison *comparison, FILE *stream))
{
	char *text = NULL;
	size_t length = 0;
	FILE *stream = open_memstream(&text, &length);

	CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
	CU_ASSERT_EQUAL(render(comparison, stream), 0);
	fclose(stream);
	return text;
}

static void kept_runs_are_compared_as_those_in_memory(void)
{
	static int (*const renderers[])(const struct comparison *comparison,
		FILE *stream) = { compare_render_text, compare_render_json, compare_render_html };
	struct diff_run whole[RUNS] = { { NULL } };
	struct kept_run kept[RUNS];
	struct compare_run sides[RUNS];
	struct kept_comparison kept_both;
	struct problem why = { 0 };
	struct comparison in_memory, in_spool;
	json_t *findings[RUNS], *document;

	for (int i = 0; i < RUNS; i++) {
		struct findings_sink sink;

		whole[i].findings = findings[i] = findings_of(i);
		kept[i] = KEPT_RUN_NONE;
		kept[i].why = &why;
		sink = kept_run_sink(&kept[i]);
		CU_ASSERT_EQUAL_FATAL(findings_emit(findings[i], &sink), 0);
		sides[i] = kept_run_side(&kept[i], "");
	}
	document = compare_runs(whole, RUNS);
	CU_ASSERT_EQUAL_FATAL(kept_compare(sides, RUNS, &kept_both, &why), 0);
	in_memory = comparison_of(document);
	in_spool = kept_comparison(&kept_both);
	for (size_t i = 0; i < sizeof(renderers) / sizeof(renderers[0]); i++) {
		char *wanted = printed(&in_memory, renderers[i]);
		char *got = printed(&in_spool, renderers[i]);

		CU_ASSERT_STRING_EQUAL(got, wanted);
		CU_ASSERT_PTR_NOT_NULL(strstr(got, "cell-1018"));
		CU_ASSERT_PTR_NOT_NULL(strstr(got, "twice"));
		free(wanted);
		free(got);
	}
	CU_ASSERT_EQUAL(compare_exit_status(sides, RUNS), 1);
	kept_comparison_close(&kept_both);
	json_decref(document);
	for (int i = 0; i < RUNS; i++) {
		kept_run_close(&kept[i]);
		kept_run_close(&kept[i]);
		json_decref(findings[i]);
	}
}

static void a_spool_that_takes_no_more_is_an_error(void)
{
	struct rlimit limit, small;
	struct problem why = { 0 };
	struct kept_run kept = KEPT_RUN_NONE;
	struct findings_sink sink = kept_run_sink(&kept);
	json_t *findings = findings_of(0);

	kept.why = &why;
	signal(SIGXFSZ, SIG_IGN);
	CU_ASSERT_EQUAL_FATAL(getrlimit(RLIMIT_FSIZE, &limit), 0);
	small = (struct rlimit){ 8192, limit.rlim_max };
	CU_ASSERT_EQUAL_FATAL(setrlimit(RLIMIT_FSIZE, &small), 0);
	CU_ASSERT_EQUAL(findings_emit(findings, &sink), -EFBIG);
	setrlimit(RLIMIT_FSIZE, &limit);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, ": File too large; TMPDIR"));
	kept_run_close(&kept);
	json_decref(findings);
}

int main(void)
{
	static CU_TestInfo tests[] = {
		{ "kept runs are compared as those in memory",
			kept_runs_are_compared_as_those_in_memory },
		{ "a spool that takes no more is an error",
			a_spool_that_takes_no_more_is_an_error },
		CU_TEST_INFO_NULL,
	};

	return suite_main("kept", tests);
}
