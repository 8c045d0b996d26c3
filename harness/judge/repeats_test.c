/* Several verdicts of a cell as one: the rules are those of docs/use/verdicts.md, "Repeats". */
#include "harness/judge/repeats.h"

#include <stdio.h>
#include <string.h>

#include "src/document.h"
#include "src/suite.h"

/* A judged cell for each letter: Pass, Done, Skip, Xfail, xfail that is known as flaky, Fail,
 * Error, Miss. Its cause is the verdict and its number. */
static json_t *judged(const char *letters)
{
	static const char *const words[] = { "PPASS", "DDONE", "SSKIP", "XXFAIL", "xXFAIL", "FFAIL",
		"EERROR", "MMISS" };
	json_t *all = json_array();

	for (size_t i = 0; letters[i]; i++) {
		const char *verdict = NULL;
		json_t *cell, *findings = json_array();

		for (size_t j = 0; j < sizeof(words) / sizeof(words[0]); j++) {
			if (words[j][0] == letters[i])
				verdict = words[j] + 1;
		}
		if (letters[i] == 'x')
			json_array_append_new(findings, json_pack("{s:s, s:{s:b}}", "verdict",
								"XFAIL", "known", "flaky", 1));
		if (letters[i] == 'X')
			json_array_append_new(findings, json_pack("{s:s, s:{s:s}}", "verdict",
								"XFAIL", "known", "id", "k"));
		cell = json_pack("{s:s, s:s, s:s, s:o, s:o}", "name", "a", "verdict", verdict,
			"ending", "done", "cause", json_sprintf("%c%zu", letters[i], i + 1),
			"findings", findings);
		json_object_set_new(cell, "record", json_sprintf("a/%zu", i + 1));
		json_array_append_new(all, cell);
	}
	return all;
}

static void rules(void)
{
	static const struct {
		const char *letters, *verdict, *cause, *record;
	} cases[] = {
		{ "PPP", "PASS", "P1", "a/1" },
		{ "FFF", "FAIL", "F1", "a/1" },
		{ "PFPFP", "FLAKY", "2 of 5 FAIL, 3 PASS: F2", "a/2" },
		{ "PX", "FLAKY", "1 of 2 XFAIL, 1 PASS: X2", "a/2" },
		{ "XF", "FLAKY", "1 of 2 FAIL, 1 XFAIL: F2", "a/2" },
		{ "DF", "FLAKY", "1 of 2 FAIL, 1 DONE: F2", "a/2" },
		/* What gave no answer neither makes a cell flaky nor hides that it is. */
		{ "PPM", "MISS", "1 of 3 MISS, 2 PASS: M3", "a/3" },
		{ "FM", "MISS", "1 of 2 MISS, 1 FAIL: M2", "a/2" },
		{ "PE", "ERROR", "1 of 2 ERROR, 1 PASS: E2", "a/2" },
		{ "PS", "SKIP", "1 of 2 SKIP, 1 PASS: S2", "a/2" },
		{ "PFM", "FLAKY", "1 of 3 MISS, 1 FAIL, 1 PASS: F2", "a/2" },
		/* A deviation that is known to come and go. */
		{ "Px", "XFAIL", "1 of 2 XFAIL, 1 PASS: x2", "a/2" },
		{ "PxX", "FLAKY", "2 of 3 XFAIL, 1 PASS: x2", "a/2" },
		{ "PxF", "FLAKY", "1 of 3 FAIL, 1 XFAIL, 1 PASS: F3", "a/3" },
		{ "PxM", "MISS", "1 of 3 MISS, 1 XFAIL, 1 PASS: M3", "a/3" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_t *all = judged(cases[i].letters), *one = judge_repeats(all);

		CU_ASSERT_STRING_EQUAL(document_text(one, "verdict"), cases[i].verdict);
		CU_ASSERT_STRING_EQUAL(document_text(one, "cause"), cases[i].cause);
		CU_ASSERT_STRING_EQUAL(document_text(one, "record"), cases[i].record);
		CU_ASSERT_EQUAL(
			json_array_size(json_object_get(one, "repeats")), strlen(cases[i].letters));
		if (strcmp(document_text(one, "verdict"), cases[i].verdict) != 0)
			printf("\n  %s: %s\n", cases[i].letters, document_text(one, "verdict"));
		json_decref(one);
		json_decref(all);
	}
}

static void a_cell_that_ran_once_stays_as_it_is(void)
{
	json_t *all = judged("F"), *one;

	json_object_del(json_array_get(all, 0), "record");
	one = judge_repeats(all);
	CU_ASSERT_PTR_EQUAL(one, json_array_get(all, 0));
	CU_ASSERT_PTR_NULL(json_object_get(one, "repeats"));
	json_decref(one);
	json_decref(all);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "the rules", rules },
		{ "a cell that ran once stays as it is", a_cell_that_ran_once_stays_as_it_is },
		CU_TEST_INFO_NULL,
	};

	return suite_main("repeats", tests);
}
