#include "harness/compare/compare.h"

#include <stdlib.h>
#include <string.h>

#include "src/document.h"
#include "src/suite.h"

static json_t *parse(const char *text)
{
	json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);

	CU_ASSERT_PTR_NOT_NULL_FATAL(value);
	return value;
}

#define FINDING(id, field, verdict, seen)                                                          \
	"{\"id\": \"" id "\", \"field\": \"" field "\", \"verdict\": \"" verdict "\", "            \
	"\"expected\": \"x\", \"seen\": " seen "}"
#define CELL(name, verdict, ending, findings)                                                      \
	"{\"name\": \"" name "\", \"verdict\": \"" verdict "\", \"ending\": \"" ending             \
	"\", \"cause\": \"\", \"findings\": [" findings "]}"
#define RUN(qemu, cells)                                                                           \
	"{\"verdict\": \"PASS\", \"identities\": {\"versions\": {\"qemu\": \"" qemu "\"}}, "       \
	"\"cells\": [" cells "]}"

/* Compares the runs and prints the cells as "NAME VERDICT... [FIELD SENTENCE | ...];" of those that
 * changed. */
static void changes_are(const char *const *runs, size_t count, const char *wanted)
{
	struct diff_run sides[COMPARE_RUNS_MAX] = { { NULL } };
	json_t *findings[COMPARE_RUNS_MAX], *comparison, *cell, *field;
	char seen[1024] = "", *sentence;
	size_t i, j;

	for (i = 0; i < count; i++) {
		findings[i] = parse(runs[i]);
		sides[i].findings = findings[i];
	}
	comparison = compare_runs(sides, count);
	json_array_foreach(json_object_get(comparison, "cells"), i, cell)
	{
		if (!json_is_true(json_object_get(cell, "changed")))
			continue;
		strcat(strcat(seen, document_text(cell, "name")), ":");
		json_array_foreach(json_object_get(cell, "fields"), j, field)
		{
			strcat(strcat(strcat(seen, " "), document_text(field, "field")), " ");
			for (size_t run = 0; run < count; run++) {
				sentence = compare_sentence(cell, field, run);
				strcat(strcat(seen, sentence), run + 1 < count ? " | " : ";");
				free(sentence);
			}
		}
	}
	CU_ASSERT_STRING_EQUAL(seen, wanted);
	for (i = 0; i < count; i++)
		json_decref(findings[i]);
	json_decref(comparison);
}

static void the_same_is_no_change(void)
{
	static const char run[] =
		RUN("7.2", CELL("a", "PASS", "done", FINDING("i", "f", "PASS", "1")));

	changes_are((const char *[]){ run, run, run }, 3, "");
}

static void another_value_is_a_change_whatever_the_verdict(void)
{
	changes_are(
		(const char *[]){
			RUN("5.2", CELL("a", "PASS", "done", FINDING("old", "f", "PASS", "1"))),
			RUN("7.2", CELL("a", "PASS", "done", FINDING("new", "f", "PASS", "2"))),
			RUN("8.0", CELL("a", "FAIL", "done", FINDING("new", "f", "FAIL", "3"))),
		},
		3, "a: f PASS 1 (old) | PASS 2 (new) | FAIL 3, expected x (new);");
}

static void an_expectation_that_holds_no_more_is_a_change(void)
{
	changes_are(
		(const char *[]){
			RUN("5.2", CELL("a", "PASS", "done", FINDING("i", "f", "PASS", "1"))),
			RUN("7.2", CELL("a", "DONE", "done", "")),
		},
		2, "a: f PASS 1 (i) | nothing is expected;");
}

/* A guest that never was says nothing of what it would have seen. */
static void a_cell_without_report_is_compared_by_its_ending(void)
{
	changes_are(
		(const char *[]){
			RUN("7.2", CELL("a", "PASS", "done",
					   FINDING("e", "ending", "PASS", "\"done\"") "," FINDING(
						   "i", "f", "PASS", "1"))),
			RUN("10.0", CELL("a", "XFAIL", "create-failed",
					    FINDING("e", "ending", "XFAIL", "\"create-failed\""))),
		},
		2, "a: ending PASS done (e) | XFAIL create-failed, expected x (e);");
}

static void a_cell_of_one_run_only_is_no_change(void)
{
	changes_are(
		(const char *[]){
			RUN("5.2", CELL("a", "PASS", "done", FINDING("i", "f", "PASS", "1"))),
			RUN("7.2", CELL("b", "PASS", "done", "")),
			RUN("8.0", CELL("a", "PASS", "done", FINDING("i", "f", "PASS", "2"))),
		},
		3, "a: f PASS 1 (i) | no such cell | PASS 2 (i);");
}

static void what_was_under_test_is_named_where_it_differs(void)
{
	json_t *one = parse(RUN("5.2", "")), *other = parse(RUN("7.2", "")), *comparison;
	struct diff_run sides[3] = { { .findings = one }, { .findings = one },
		{ .findings = other } };
	char *text;

	comparison = compare_runs(sides, 3);
	text = json_dumps(json_object_get(comparison, "identities"), JSON_COMPACT | JSON_SORT_KEYS);
	CU_ASSERT_STRING_EQUAL(
		text, "[{\"values\":[\"5.2\",\"5.2\",\"7.2\"],\"what\":\"versions.qemu\"}]");
	free(text);
	json_decref(comparison);
	json_decref(one);
	json_decref(other);
}

/* 107 values differ, the same in both of the others. */
static void differences_that_are_not_listed_are_counted(void)
{
	json_t *runs[2] = { json_object(), json_object() }, *comparison;
	struct diff_run sides[3];
	char name[16], *text = NULL;
	size_t length = 0;
	struct comparison printed;
	FILE *stream;

	for (int i = 0; i < 107; i++) {
		snprintf(name, sizeof(name), "key%d", i);
		json_object_set_new(runs[0], name, json_integer(i));
		json_object_set_new(runs[1], name, json_integer(-1));
	}
	for (size_t i = 0; i < 3; i++)
		sides[i] = (struct diff_run){ .findings = json_pack(
						      "{s:O}", "identities", runs[i > 0]) };
	comparison = compare_runs(sides, 3);
	CU_ASSERT_EQUAL(json_array_size(json_object_get(comparison, "identities")), 100);
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(comparison, "more")), 7);
	printed = comparison_of(comparison);
	stream = open_memstream(&text, &length);
	compare_render_text(&printed, stream);
	fclose(stream);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "    key99: 99 | -1 | -1\n    and 7 more\n"));
	free(text);
	stream = open_memstream(&text, &length);
	compare_render_html(&printed, stream);
	fclose(stream);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "7 more differ and are not listed."));
	free(text);
	json_decref(comparison);
	for (size_t i = 0; i < 3; i++)
		json_decref((json_t *)sides[i].findings);
	json_decref(runs[0]);
	json_decref(runs[1]);
}

int main(void)
{
	static CU_TestInfo tests[] = {
		{ "the same is no change", the_same_is_no_change },
		{ "another value is a change, whatever the verdict",
			another_value_is_a_change_whatever_the_verdict },
		{ "an expectation that holds no more is a change",
			an_expectation_that_holds_no_more_is_a_change },
		{ "a cell without report is compared by its ending",
			a_cell_without_report_is_compared_by_its_ending },
		{ "a cell of one run only is no change", a_cell_of_one_run_only_is_no_change },
		{ "what was under test is named where it differs",
			what_was_under_test_is_named_where_it_differs },
		{ "differences that are not listed are counted",
			differences_that_are_not_listed_are_counted },
		CU_TEST_INFO_NULL,
	};

	return suite_main("compare", tests);
}
