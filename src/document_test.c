#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "src/document.h"
#include "src/suite.h"

static int parse(const char *text, struct problem *why)
{
	json_t *document = NULL;
	int r = document_parse(text, strlen(text), "f", 2, &document, why);

	CU_ASSERT_EQUAL(document != NULL, r == 0);
	json_decref(document);
	return r;
}

static void takes_its_format_and_older_versions(void)
{
	struct problem why = { 0 };

	CU_ASSERT_EQUAL(parse("{\"format\": \"f\", \"version\": 2}", &why), 0);
	CU_ASSERT_EQUAL(parse("{\"format\": \"f\", \"version\": 1}", &why), 0);
	CU_ASSERT_STRING_EQUAL(why.text, "");
}

static void refuses_a_newer_version_by_name(void)
{
	struct problem why = { 0 };

	CU_ASSERT_EQUAL(parse("{\"format\": \"f\", \"version\": 3}", &why), -EPROTO);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "version 3"));
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "f"));
}

static void refuses_what_is_none(void)
{
	static const char *const wrong[] = { "", "[]", "{}", "{\"format\": \"g\", \"version\": 1}",
		"{\"format\": \"f\"}", "{\"format\": \"f\", \"version\": \"1\"}",
		"{\"format\": \"f\", \"version\": 0}", "{\"format\": \"f\", \"version\": 1} x",
		"{\"format\": \"f\", \"version\": 1, \"version\": 1}", NULL };

	for (int i = 0; wrong[i]; i++) {
		struct problem why = { 0 };

		CU_ASSERT_EQUAL(parse(wrong[i], &why), -EINVAL);
		CU_ASSERT_NOT_EQUAL(why.text[0], 0);
	}
}

static void says_where_the_json_is_wrong(void)
{
	struct problem why = { 0 };

	CU_ASSERT_EQUAL(parse("{\"format\": \"f\",\n \"version\": }", &why), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "line 2"));
}

static void the_sentence_is_printable(void)
{
	struct problem why = { 0 };

	CU_ASSERT_EQUAL(parse("{\"format\": \033[2J\xc2\x9b\x80}", &why), -EINVAL);
	CU_ASSERT_NOT_EQUAL(why.text[0], 0);
	for (const char *c = why.text; *c; c++)
		CU_ASSERT(*c >= 0x20 && *c <= 0x7e);
}

static void depth_is_bounded(void)
{
	size_t depth = 100000;
	char *text = malloc(2 * depth + 64);
	struct problem why = { 0 };

	CU_ASSERT_PTR_NOT_NULL_FATAL(text);
	memset(text, '[', depth);
	memset(text + depth, ']', depth);
	text[2 * depth] = 0;
	CU_ASSERT_EQUAL(parse(text, &why), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "depth"));
	free(text);
}

static void a_new_one_can_be_read(void)
{
	json_t *document = document_new("f", 1);
	char *text = json_dumps(document, 0);

	CU_ASSERT_EQUAL(parse(text, NULL), 0);
	free(text);
	json_decref(document);
}

static void a_text_is_never_missing(void)
{
	json_t *object = json_pack("{s:s, s:i}", "a", "text", "b", 5);

	CU_ASSERT_STRING_EQUAL(document_text(object, "a"), "text");
	CU_ASSERT_STRING_EQUAL(document_text(object, "b"), "");
	CU_ASSERT_STRING_EQUAL(document_text(object, "c"), "");
	CU_ASSERT_STRING_EQUAL(document_text(NULL, "a"), "");
	json_decref(object);
}

static void an_array_has_its_entries(void)
{
	json_t *array = json_pack("[i, s, {s:i}, n]", 5, "text", "key", 1);
	json_t *object = json_pack("{s:i}", "key", 1), *other = json_pack("{s:i}", "key", 2);

	CU_ASSERT(document_has_text(array, "text"));
	CU_ASSERT_FALSE(document_has_text(array, "5"));
	CU_ASSERT_FALSE(document_has_text(object, "key"));
	CU_ASSERT_FALSE(document_has_text(NULL, "text"));
	CU_ASSERT(document_has(array, object));
	CU_ASSERT_FALSE(document_has(array, other));
	CU_ASSERT_FALSE(document_has(array, NULL));
	CU_ASSERT_FALSE(document_has(NULL, object));
	json_decref(array);
	json_decref(object);
	json_decref(other);
}

/* Frees what it compares. */
static void is_text(char *text, const char *expected)
{
	CU_ASSERT_PTR_NOT_NULL_FATAL(text);
	CU_ASSERT_STRING_EQUAL(text, expected);
	free(text);
}

static void a_value_is_shown(void)
{
	json_t *object = json_pack("{s:s, s:i}", "b", "\xc3\xa9", "a", 1);
	json_t *text = json_string("\xc3\xa9"), *null = json_null();

	is_text(document_dump(object, JSON_SORT_KEYS), "{\"a\":1,\"b\":\"\xc3\xa9\"}");
	is_text(document_dump(text, JSON_ENSURE_ASCII), "\"\\u00E9\"");
	is_text(document_dump(null, 0), "null");
	is_text(document_dump(NULL, 0), "nothing");
	is_text(document_shown(text), "\xc3\xa9");
	is_text(document_shown(null), "nothing");
	is_text(document_shown(NULL), "nothing");
	json_decref(object);
	json_decref(text);
	object = json_pack("[s]", "\xc3\xa9");
	is_text(document_shown(object), "[\"\\u00E9\"]");
	json_decref(object);
}

static CU_TestInfo tests[] = {
	{ "takes its format and older versions", takes_its_format_and_older_versions },
	{ "refuses a newer version by name", refuses_a_newer_version_by_name },
	{ "refuses what is none", refuses_what_is_none },
	{ "says where the JSON is wrong", says_where_the_json_is_wrong },
	{ "the sentence is printable", the_sentence_is_printable },
	{ "depth is bounded", depth_is_bounded },
	{ "a new one can be read", a_new_one_can_be_read },
	{ "a text is never missing", a_text_is_never_missing },
	{ "an array has its entries", an_array_has_its_entries },
	{ "a value is shown", a_value_is_shown },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	return suite_main("document", tests);
}
