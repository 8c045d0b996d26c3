/* What is expected of each document is said by docs/schema; the values are of run directories. */
#include "harness/base/shape/shape.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "src/document.h"
#include "src/suite.h"

static void is(const char *format, const char *text, const char *wrong)
{
	json_t *document = json_loads(text, 0, NULL);
	struct problem why = { "" };

	CU_ASSERT_PTR_NOT_NULL_FATAL(document);
	CU_ASSERT_EQUAL(shape_check(document, format, &why), wrong ? -EINVAL : 0);
	if (strcmp(why.text, wrong ? wrong : "") != 0)
		printf("\nexpected \"%s\", got \"%s\"\n", wrong ? wrong : "", why.text);
	CU_ASSERT_STRING_EQUAL(why.text, wrong ? wrong : "");
	json_decref(document);
}

static void what_the_schema_allows_is_taken(void)
{
	is(DOCUMENT_END, "{\"times_ms\": {\"create\": 12}, \"leftovers\": [\"a\"]}", NULL);
	is(DOCUMENT_RUN, "{\"settings\": null}", NULL);
	is(DOCUMENT_RUN, "{\"settings\": {\"slow\": 2, \"replay\": null}}", NULL);
	is(DOCUMENT_RUN, "{\"settings\": {\"slow\": 2.5}}", NULL);
	is(DOCUMENT_PLAN,
		"{\"cells\": [{\"expect\": [{\"value\": null, \"backends\": [\"qemu\"]}]}]}", NULL);
}

static void a_wrong_type_is_found_however_deep(void)
{
	is(DOCUMENT_END, "{\"times_ms\": []}", "times_ms is an array, and has to be an object");
	is(DOCUMENT_END, "{\"times_ms\": {\"create\": 1.5}}",
		"times_ms.* is a number, and has to be a whole number");
	is(DOCUMENT_END, "{\"leftovers\": [\"a\", {}]}",
		"leftovers[1] is an object, and has to be a text");
	is(DOCUMENT_RUN, "{\"settings\": \"x\"}",
		"settings is a text, and has to be an object or null");
	is(DOCUMENT_RUN, "{\"identities\": {\"versions\": {\"libxl\": {}}}}",
		"identities.versions.* is an object, and has to be a text");
	is(DOCUMENT_PLAN, "{\"cells\": [{\"expect\": [{\"versions\": {\"qemu\": false}}]}]}",
		"cells[0].expect[0].versions.qemu is false, and has to be a text");
	is(DOCUMENT_PLAN, "{\"cells\": [{\"expect\": [{\"backends\": [null]}]}]}",
		"cells[0].expect[0].backends[0] is null, and has to be a text");
	is(DOCUMENT_PLAN, "{\"cells\": [{\"words\": {\"to\": [null]}}]}",
		"cells[0].words.* is an array, and has to be a text");
}

static void keys_that_nobody_knows_are_left_alone(void)
{
	is(DOCUMENT_END, "{\"news\": {\"of\": [\"tomorrow\"]}}", NULL);
	is("igd-harness tomorrow", "{\"times_ms\": []}", NULL);
}

static void an_item_is_checked_as_in_its_document(void)
{
	json_t *cell = json_loads("{\"words\": {\"to\": 1}}", 0, NULL);
	struct problem why = { "" };

	CU_ASSERT_EQUAL(shape_check_item(cell, DOCUMENT_PLAN, "cells", 7, &why), -EINVAL);
	CU_ASSERT_STRING_EQUAL(
		why.text, "cells[7].words.* is a whole number, and has to be a text");
	json_decref(cell);
	cell = json_loads("[]", JSON_DECODE_ANY, NULL);
	CU_ASSERT_EQUAL(shape_check_item(cell, DOCUMENT_PLAN, "cells", 0, NULL), -EINVAL);
	json_decref(cell);
}

static void a_document_is_checked_as_it_is_parsed(void)
{
	static const char text[] =
		"{\"format\": \"igd-harness end\", \"version\": 1, \"state\": 7}";
	struct problem why = { "" };
	json_t *document = NULL;

	CU_ASSERT_EQUAL(shape_parse(text, strlen(text), DOCUMENT_END, &document, &why), -EINVAL);
	CU_ASSERT_PTR_NULL(document);
	CU_ASSERT_STRING_EQUAL(why.text, "state is a whole number, and has to be a text");
}

static CU_TestInfo tests[] = {
	{ "what the schema allows is taken", what_the_schema_allows_is_taken },
	{ "a wrong type is found, however deep", a_wrong_type_is_found_however_deep },
	{ "keys that nobody knows are left alone", keys_that_nobody_knows_are_left_alone },
	{ "an item is checked as in its document", an_item_is_checked_as_in_its_document },
	{ "a document is checked as it is parsed", a_document_is_checked_as_it_is_parsed },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	return suite_main("shape", tests);
}
