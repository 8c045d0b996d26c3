#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/json_read.h"
#include "src/suite.h"

/* What is expected is in every case what jansson makes of the text. */

#define FLAGS JSON_REJECT_DUPLICATES

static bool same_text(const json_t *a, const json_t *b)
{
	char *first = json_dumps(a, JSON_ENCODE_ANY | JSON_COMPACT);
	char *second = json_dumps(b, JSON_ENCODE_ANY | JSON_COMPACT);
	bool same = first && second && strcmp(first, second) == 0;

	free(first);
	free(second);
	return same;
}

static void compare(const char *text, size_t length)
{
	json_error_t error = { 0 }, wanted_error = { 0 };
	json_t *value = json_read(text, length, FLAGS, &error);
	json_t *wanted = json_loadb(text, length, FLAGS, &wanted_error);

	CU_ASSERT_EQUAL(value != NULL, wanted != NULL);
	if (value && wanted) {
		CU_ASSERT(json_equal(value, wanted));
		CU_ASSERT(same_text(value, wanted)); /* the order of keys */
	} else {
		CU_ASSERT_STRING_EQUAL(error.text, wanted_error.text);
		CU_ASSERT_EQUAL(error.line, wanted_error.line);
		CU_ASSERT_EQUAL(error.column, wanted_error.column);
	}
	json_decref(value);
	json_decref(wanted);
}

static const char whole[] =
	"{\"a\": [1, -2, 0, -0, 12.5e1, 999999999999999999, 9223372036854775807],\n\t\"b\" : {},"
	"\r\n\"c\":[ ],\"d\":[true,false,null],\"\":\"\",\"e\":{\"f\":{\"g\":[[[]]]}},"
	"\"h\":\"x \\\"y\\\" \\u00e9 \xc3\xa9 \\n\",\"i\":\"~\x7f\"}";

static void reads_what_jansson_reads(void)
{
	static const char *const texts[] = { whole, "{}", " [ ] ", "[{\"a\":1},{\"a\":2}]",
		"[\"\\ud83d\\ude00\"]", "{\"\\u0061\": 1}", "[1E5, 1e-5, 0.0, -0.5, 1.0]",
		"[-9223372036854775808]", "[\"/\\/\"]", "\n{\"format\":\"f\"}\n" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		compare(texts[i], strlen(texts[i]));
}

static void refuses_what_jansson_refuses(void)
{
	static const char *const texts[] = { "", " ", "1", "\"a\"", "null", "[", "{", "[1", "[1,",
		"[1,]", "[,1]", "[1 2]", "{,}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{\"a\" 1}",
		"{a:1}", "{1:1}", "[01]", "[-]", "[--1]", "[+1]", "[1.]", "[.5]", "[1e]", "[1e+]",
		"[0x10]", "[truex]", "[tru]", "[True]", "[nul", "[Infinity]", "[NaN]", "[1a]",
		"[9223372036854775808]", "[1e999]", "{\"a\":1,\"a\":2}",
		"{\"b\":{\"a\":1,\"\\u0061\":2}}", "[\"\x01\"]", "[\"\n\"]", "[\"\\x\"]",
		"[\"\xff\"]", "[\"\xc3\"]", "[\"\xed\xa0\x80\"]", "[\"\\u0000\"]", "[\"\\ud800\"]",
		"{\"\\u0000\":1}", "[\"a]", "[1] x", "[1]]", "[]{}", "{]", "[}", "[1}", "[]\f",
		"[1,\f2]", "\xef\xbb\xbf[]", "// \n[]" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		compare(texts[i], strlen(texts[i]));
	compare("[]\0", 3);
	compare("[\0]", 3);
	compare("[\"\0\"]", 5);
}

/* Each prefix of a text, and the text with each byte changed. */
static void agrees_on_damaged_texts(void)
{
	static const char signs[] = "\"\\{}[],:0-.e tn\x01\xc3";
	char text[sizeof(whole)];

	for (size_t length = 0; length < sizeof(whole); length++)
		compare(whole, length);
	for (size_t i = 0; i + 1 < sizeof(whole); i++) {
		for (size_t j = 0; j < sizeof(signs); j++) {
			memcpy(text, whole, sizeof(whole));
			text[i] = signs[j];
			compare(text, sizeof(whole) - 1);
		}
	}
}

static void is_jansson_s_beyond_its_bounds(void)
{
	char text[8192];

	for (size_t depth = 30; depth < 2100; depth += depth < 36 ? 1 : 1000) {
		memset(text, '[', depth);
		memset(text + depth, ']', depth);
		compare(text, 2 * depth);
	}
	for (size_t key = 60; key < 70; key++) {
		snprintf(text, sizeof(text), "{\"%.*s\": 1}", (int)key,
			"0123456789012345678901234567890123456789"
			"0123456789012345678901234567890123456789");
		compare(text, strlen(text));
	}
}

/* The bytes that json_read_value() takes; 0: it leaves them to jansson. */
static size_t taken(const char *text)
{
	size_t used = 0;
	json_t *value = json_read_value(text, strlen(text), &used);
	bool took = value;

	json_decref(value);
	return took ? used : 0;
}

static void says_how_much_it_took(void)
{
	CU_ASSERT_EQUAL(taken("{\"a\": [1, 2]}"), 13);
	CU_ASSERT_EQUAL(taken("{\"a\": [1, 2]}, {"), 13);
	CU_ASSERT_EQUAL(taken("[]]"), 2);
	CU_ASSERT_EQUAL(taken("\"a\" x"), 3);
	CU_ASSERT_EQUAL(taken("\"a\\\"\" x"), 5);
	CU_ASSERT_EQUAL(taken("[\"\xc3\xa9\\n\", 1.25]x"), 14);
	CU_ASSERT_EQUAL(taken("[1.5e3,2]"), 9);
	/* The first byte is that of the value, which ends by itself. */
	CU_ASSERT_EQUAL(taken(" []"), 0);
	CU_ASSERT_EQUAL(taken("1"), 0);
	CU_ASSERT_EQUAL(taken("true"), 0);
	CU_ASSERT_EQUAL(taken(""), 0);
}

/* The rest of such a text may be in a file still. */
static void takes_nothing_that_is_not_whole(void)
{
	size_t used;

	for (size_t length = 0; length + 1 < sizeof(whole); length++)
		CU_ASSERT_PTR_NULL(json_read_value(whole, length, &used));
	CU_ASSERT_EQUAL(taken(whole), sizeof(whole) - 1);
}

static CU_TestInfo tests[] = {
	{ "reads what jansson reads", reads_what_jansson_reads },
	{ "refuses what jansson refuses", refuses_what_jansson_refuses },
	{ "agrees on damaged texts", agrees_on_damaged_texts },
	{ "is jansson's beyond its bounds", is_jansson_s_beyond_its_bounds },
	{ "says how much it took", says_how_much_it_took },
	{ "takes nothing that is not whole", takes_nothing_that_is_not_whole },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	return suite_main("json_read", tests);
}
