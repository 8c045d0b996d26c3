/* The shape of a plan: harness/plan/plan.h. */
#include "harness/plan/plan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/document.h"
#include "src/suite.h"

#define LIMITS                                                                                     \
	"{\"create\": 1, \"first-frame\": 2, \"report\": 3, \"power-off\": 4, \"clean-up\": 5}"
#define CELL(name)                                                                                 \
	"{\"name\": \"" name "\", \"words\": {\"m\": \"a\"}, \"guest\": \"linux\","                \
	" \"requires\": {\"libxl\": [\"hvm\"]}, \"limits_ms\": " LIMITS ","                        \
	" \"settings\": {\"libxl\": {\"memory\": 512}}, \"expect\": [{\"id\": \"i\","              \
	" \"field\": \"slot/02\", \"value\": null, \"source\": \"s\"}]}"
#define PLAN(cells)                                                                                \
	"{\"format\": \"igd-harness plan\", \"version\": 1, \"axes\": [\"m\"],"                    \
	" \"matrix\": {\"name\": \"t\", \"about\": \"t\", \"file\": \"t\", \"sha256\": \"0\"},"    \
	" \"cells\": [" cells "]}"
#define GOOD PLAN(CELL("a-l") ", " CELL("b-l") ", " CELL("b-w.10"))

static json_t *good(void)
{
	json_t *plan = json_loads(GOOD, 0, NULL);

	CU_ASSERT_PTR_NOT_NULL_FATAL(plan);
	return plan;
}

static int load(const char *text, json_t **plan_r, struct problem *why)
{
	why->text[0] = 0;
	*plan_r = NULL;
	return plan_parse(text, strlen(text), plan_r, why);
}

static void loads(void)
{
	json_t *plan = NULL, *wanted = good();
	struct problem why;

	CU_ASSERT_EQUAL(load(GOOD, &plan, &why), 0);
	CU_ASSERT_STRING_EQUAL(why.text, "");
	CU_ASSERT_TRUE(json_equal(plan, wanted));
	json_decref(wanted);
	json_decref(plan);
}

static void refuses_files(void)
{
	struct problem why = { "" };
	json_t *plan;

	CU_ASSERT_EQUAL(load("{", &plan, &why), -EINVAL);
	CU_ASSERT_PTR_NULL(plan);
	CU_ASSERT_EQUAL(
		load("{\"format\": \"igd-harness run\", \"version\": 1}", &plan, &why), -EINVAL);
	CU_ASSERT_EQUAL(
		load("{\"format\": \"igd-harness plan\", \"version\": 2}", &plan, &why), -EPROTO);
	CU_ASSERT_EQUAL(
		load("{\"format\": \"igd-harness plan\", \"version\": 1}", &plan, &why), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "incomplete"));
	CU_ASSERT_EQUAL(load(PLAN(""), &plan, &why), -EINVAL);
}

/* Takes away, or replaces by something else, one thing of the second cell. */
static void refuses_cells(void)
{
	static const struct {
		const char *key, *value; /* NULL: taken away */
		const char *what;
	} cases[] = {
		{ "name", NULL, "cell 2" },
		{ "name", "5", "cell 2" },
		{ "name", "\"\"", "the name of cell 2 of the plan" },
		{ "name", "\"../b\"", "the name of cell 2 of the plan" },
		{ "name", "\"b/c\"", "the name of cell 2 of the plan" },
		{ "name", "\"b c\"", "the name of cell 2 of the plan" },
		{ "words", NULL, "cell 2" },
		{ "words", "[]", "cell b-l" },
		{ "guest", NULL, "cell 2" },
		{ "guest", "\"../../etc\"", "cell b-l of the plan: \"guest\"" },
		{ "guest", "\"..\"", "cell b-l of the plan: \"guest\"" },
		{ "guest", "\"\"", "cell b-l of the plan: \"guest\"" },
		{ "requires", NULL, "cell 2" },
		{ "requires", "[\"hvm\"]", "cell b-l" },
		{ "requires", "{\"libxl\": \"hvm\"}", "\"requires\" of back end libxl" },
		{ "limits_ms", NULL, "cell 2" },
		{ "limits_ms", "{}", "cell b-l of the plan has no limit create" },
		{ "limits_ms", "{\"create\": 1, \"first-frame\": 0}", "no limit first-frame" },
		{ "limits_ms", "{\"create\": 1, \"first-frame\": \"2\"}", "no limit first-frame" },
		{ "settings", NULL, "cell 2" },
		{ "settings", "{\"libxl\": 5}", "\"settings\" of back end libxl" },
		{ "expect", NULL, "cell 2" },
		{ "expect", "{}", "cell b-l" },
		{ "expect", "[{\"id\": \"i\"}]", "cell b-l of the plan, expectation 1" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_t *plan = good(), *cell = json_array_get(json_object_get(plan, "cells"), 1);
		struct problem why = { "" };

		if (cases[i].value)
			json_object_set_new(cell, cases[i].key,
				json_loads(cases[i].value, JSON_DECODE_ANY, NULL));
		else
			json_object_del(cell, cases[i].key);
		CU_ASSERT_EQUAL(plan_check(plan, &why), -EINVAL);
		CU_ASSERT_PTR_NOT_NULL(strstr(why.text, cases[i].what));
		CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "make the plan again"));
		if (!strstr(why.text, cases[i].what))
			printf("\n  case %zu: %s\n", i, why.text);
		json_decref(plan);
	}
}

/* The images are what changes, and nobody loses what the matrix said. */
static void gives_a_guest(void)
{
	static const char *const wrong[] = { "", "..", "../linux", "a/b" };
	struct problem why = { "" };
	json_t *plan = good(), *twice, *cell;

	json_object_set_new(
		json_array_get(json_object_get(plan, "cells"), 1), "guest", json_string("tiny"));
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		CU_ASSERT_EQUAL(plan_guest(plan, wrong[i], &why), -EINVAL);
	CU_ASSERT_EQUAL(plan_guest(plan, "tiny", &why), 0);
	twice = json_deep_copy(plan);
	CU_ASSERT_EQUAL(plan_guest(twice, "tiny", &why), 0);
	CU_ASSERT(json_equal(twice, plan));
	for (size_t i = 0; i < 3; i++) {
		cell = json_array_get(json_object_get(plan, "cells"), i);
		CU_ASSERT_STRING_EQUAL(document_text(cell, "guest"), "tiny");
		CU_ASSERT_STRING_EQUAL(document_text(cell, "in_place_of"), i == 1 ? "" : "linux");
	}
	CU_ASSERT_EQUAL(plan_check(plan, &why), 0);
	json_decref(twice);
	json_decref(plan);
}

/* One behind the other, so that all have folders of their own. */
static void repeats_cells(void)
{
	struct problem why = { "" };
	json_t *plan = good(), *places, *cells;
	char key[PLAN_KEY_MAX];

	CU_ASSERT_EQUAL(plan_repeat(plan, 1, &why), 0);
	places = good();
	CU_ASSERT(json_equal(plan, places));
	json_decref(places);
	CU_ASSERT_EQUAL(plan_repeat(plan, 7000, &why), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "3 cells 7000 times"));
	CU_ASSERT_EQUAL(plan_repeat(plan, 2, &why), 0);
	CU_ASSERT_EQUAL(plan_check(plan, NULL), 0);
	cells = json_object_get(plan, "cells");
	CU_ASSERT_EQUAL(json_array_size(cells), 6);
	plan_key(json_array_get(cells, 0), key);
	CU_ASSERT_STRING_EQUAL(key, "a-l/1");
	plan_key(json_array_get(cells, 3), key);
	CU_ASSERT_STRING_EQUAL(key, "b-l/2");
	places = plan_places(plan);
	CU_ASSERT_EQUAL(plan_place(places, "b-l"), 2);
	CU_ASSERT_EQUAL(plan_place(places, "b-l/1"), 2);
	CU_ASSERT_EQUAL(plan_place(places, "b-l/2"), 3);
	CU_ASSERT_EQUAL(plan_place(places, "b-l/3"), -1);
	json_decref(places);
	json_decref(plan);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "a plan is read back", loads },
		{ "files that are no plan", refuses_files },
		{ "cells that are not whole", refuses_cells },
		{ "another guest", gives_a_guest },
		{ "repeats", repeats_cells },
		CU_TEST_INFO_NULL,
	};

	return suite_main("plan", tests);
}
