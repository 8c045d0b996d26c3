/* Expected: the table of the format in harness/report/formats/markdown.h, and CommonMark's escapes.
 */
#include <stdlib.h>
#include <string.h>

#include "harness/report/formats.h"
#include "src/suite.h"

#define CELL(name, verdict, cause, more)                                                           \
	"{\"name\": \"" name "\", \"verdict\": \"" verdict "\", \"cause\": \"" cause "\"" more "}"

/* Renders cells, with a baseline if there is a difference, and gives the text; the caller frees. */
static char *render(const char *cells, const json_t *difference)
{
	struct render_options options = { .difference = difference };
	json_t *findings = json_pack("{s:s, s:{s:s}, s:{s:i, s:i}, s:{s:s, s:{s:s}}, s:o}",
		"verdict", "FAIL", "matrix", "name", "m", "counts", "PASS", 1, "FAIL", 1,
		"identities", "backend", "qemu", "versions", "qemu", "7.2.22", "cells",
		json_loads(cells, 0, NULL));
	char *text = NULL;
	size_t length = 0;
	FILE *stream = open_memstream(&text, &length);

	CU_ASSERT_PTR_NOT_NULL_FATAL(findings);
	CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
	CU_ASSERT_EQUAL(renderer_find("md")->render(findings, &options, stream), 0);
	fclose(stream);
	json_decref(findings);
	return text;
}

static bool has(const char *cells, const char *part)
{
	char *text = render(cells, NULL);
	bool found = strstr(text, part);

	free(text);
	return found;
}

static void the_head_has_verdict_counts_versions_and_where_it_ran(void)
{
	CU_ASSERT(has("[]", "### m: FAIL\n"));
	CU_ASSERT(has("[]", "0 cells: 1 PASS, 1 FAIL. Back end qemu, qemu 7.2.22."));
	CU_ASSERT(has("[]", "**Not hardware:** guests emulated by plain QEMU, without Xen."));
}

static void the_worst_is_first_and_a_pass_is_not_listed(void)
{
	static const char cells[] = "[" CELL("a", "SKIP", "no IGD", "") "," CELL("b", "PASS", "",
		"") "," CELL("c", "MISS", "host gone", ", \"layer\": \"host\"") "]";

	CU_ASSERT(has(cells, "| MISS | c | host gone | host |\n| SKIP | a | no IGD |  |\n\n"));
	CU_ASSERT(!has(cells, "| b |"));
	CU_ASSERT(has("[" CELL("b", "PASS", "", "") "]", "Every cell is PASS or DONE."));
}

static void an_unexpected_pass_is_listed(void)
{
	CU_ASSERT(has("[" CELL("a", "PASS", "",
			      ", \"findings\": [{\"field\": \"f\", \"verdict\": \"PASS\","
			      " \"note\": \"unexpected pass: it is gone\"}]") "]",
		"| PASS | a | unexpected pass: it is gone |  |\n"));
}

static void a_failure_shows_its_fields_and_the_line_of_the_log(void)
{
	static const char cell[] = "[" CELL("a", "FAIL", "bad",
		", \"findings\": [{\"field\": \"igd/slot\", \"verdict\": \"FAIL\","
		" \"expected\": 2, \"seen\": 3, \"source\": \"the RFC\"},"
		" {\"field\": \"other\", \"verdict\": \"PASS\"}], \"logs\": [{\"label\":"
		" \"aborts\", \"severity\": \"cause\", \"file\": \"qemu.log\", \"line\": 3,"
		" \"text\": \"no VBIOS\", \"advice\": \"mend it\"}]") "]";

	CU_ASSERT(has(cell, "#### a\n"));
	CU_ASSERT(has(cell, "| igd/slot | FAIL | 2 | 3 | the RFC |\n"));
	CU_ASSERT(!has(cell, "| other |"));
	CU_ASSERT(has(cell, "- aborts, qemu.log line 3: no VBIOS Advice: mend it\n"));
}

static void text_of_a_guest_is_no_markup(void)
{
	CU_ASSERT(has("[" CELL("a", "MISS", "x | y\\n# z @all ![i](http://e)<b>", "") "]",
		"| MISS | a | x \\| y\\\\x0a\\# z \\@all \\!\\[i\\](http\\://e)\\<b\\> |"));
}

static void a_baseline_is_counted(void)
{
	json_t *difference =
		json_pack("{s:{s:s}, s:{s:i}}", "a", "verdict", "PASS", "classes", "regression", 2);
	char *text = render("[]", difference);

	CU_ASSERT_PTR_NOT_NULL(strstr(text, "2 regression"));
	free(text);
	json_decref(difference);
}

static CU_TestInfo tests[] = {
	{ "the head has verdict, counts, versions and where it ran",
		the_head_has_verdict_counts_versions_and_where_it_ran },
	{ "the worst is first, and a PASS is not listed",
		the_worst_is_first_and_a_pass_is_not_listed },
	{ "an unexpected pass is listed", an_unexpected_pass_is_listed },
	{ "a failure shows its fields and the line of the log",
		a_failure_shows_its_fields_and_the_line_of_the_log },
	{ "text of a guest is no markup", text_of_a_guest_is_no_markup },
	{ "a baseline is counted", a_baseline_is_counted },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	return suite_main("markdown", tests);
}
