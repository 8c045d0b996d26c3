#include "harness/compare/diff.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "harness/compare/report_bars.h"
#include "harness/evidence/json_diff.h"
#include "src/suite.h"

static json_t *parse(const char *text)
{
	json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);

	CU_ASSERT_PTR_NOT_NULL_FATAL(value);
	return value;
}

/* The changes between two values as "PATH A B;" one after the other. */
static void compared(const char *a, const char *b, bool leaves, const char *wanted)
{
	struct json_diff values = {
		.changes = json_array(), .ignored = diff_passing, .leaves = leaves
	};
	json_t *one = parse(a), *other = parse(b), *change;
	char seen[512] = "";
	size_t i, used = 0;

	json_diff(&values, "", one, other);
	json_array_foreach(values.changes, i, change)
	{
		char *from = json_dumps(json_object_get(change, "a"), JSON_ENCODE_ANY);
		char *to = json_dumps(json_object_get(change, "b"), JSON_ENCODE_ANY);

		used += (size_t)snprintf(seen + used, sizeof(seen) - used, "%s %s %s;",
			json_string_value(json_object_get(change, "what")), from, to);
		free(from);
		free(to);
	}
	CU_ASSERT_STRING_EQUAL(seen, wanted);
	json_decref(one);
	json_decref(other);
	json_decref(values.changes);
}

static void values_are(const char *a, const char *b, const char *wanted)
{
	compared(a, b, false, wanted);
}

/* A run of before "firmware" was recorded, and one of after. */
static void what_one_side_lacks_is_told_field_by_field(void)
{
#define FIRMWARE                                                                                   \
	"{\"firmware\": {\"seabios\": {\"sha256\": \"ab\"}, \"list\": [{\"name\": \"x\", \"v\": 1}]}}"
	compared("{}", FIRMWARE, true,
		"firmware.seabios.sha256 null \"ab\";firmware.list[x].name null \"x\";"
		"firmware.list[x].v null 1;");
	compared(FIRMWARE, "{\"firmware\": null}", true,
		"firmware.seabios.sha256 \"ab\" null;firmware.list[x].name \"x\" null;"
		"firmware.list[x].v 1 null;");
	/* An empty object has no fields, a value is no object: both are told as they are. */
	compared("{}", "{\"a\": {}}", true, "a null {};");
	compared("{\"a\": 1}", "{\"a\": {\"b\": 2}}", true, "a 1 {\"b\": 2};");
	compared("{\"a\": []}", "{\"a\": {\"b\": 2}}", true, "a [] {\"b\": 2};");
	/* Nothing that anybody saw, also further down. */
	compared("{}", "{\"a\": {\"b\": null}}", true, "");
	/* The migration's findings name what is gone as one thing. */
	compared("{}", "{\"a\": {\"b\": 1}}", false, "a null {\"b\": 1};");
}

static void values_are_compared_by_what_they_are(void)
{
	values_are("{\"a\": 1}", "{\"a\": 1}", "");
	values_are("{\"a\": {\"b\": 1}}", "{\"a\": {\"b\": 2}}", "a.b 1 2;");
	/* Looked for and not there, and not looked for: nothing that anybody saw. */
	values_are("{\"a\": null}", "{}", "");
	values_are("{\"a\": 1, \"b\": [1, 2]}", "{\"b\": [1]}", "a 1 null;b[1] 2 null;");
	values_are(
		"{\"agent\": {\"x\": 1}, \"kernel\": {\"log\": [], \"release\": \"6\"}, \"work\": {\"steps\": 1}}",
		"{\"agent\": 2, \"kernel\": {\"log\": [1], \"release\": \"7\"}}",
		"kernel.release \"6\" \"7\";");
}

static void a_moved_device_is_two_addresses(void)
{
	values_are(
		"{\"f\": [{\"address\": \"02.0\", \"id\": 1}, {\"address\": \"03.0\", \"id\": 2}]}",
		"{\"f\": [{\"address\": \"03.0\", \"id\": 1}, {\"address\": \"04.0\", \"id\": 2}]}",
		"f[02.0] {\"address\": \"02.0\", \"id\": 1} null;f[03.0].id 2 1;"
		"f[04.0] null {\"address\": \"04.0\", \"id\": 2};");
	/* Names that are not unique are no names. */
	values_are("[{\"name\": \"x\", \"v\": 1}, {\"name\": \"x\", \"v\": 2}]",
		"[{\"name\": \"x\", \"v\": 1}, {\"name\": \"x\", \"v\": 3}]", "[1].v 2 3;");
}

#define BAR(index, start)                                                                          \
	"{\"index\": " #index ", \"kind\": \"memory\", \"start\": \"0x00000000" start              \
	"\", \"size\": \"0x0000000000001000\", \"prefetchable\": false}"
#define REPORT(address, bars)                                                                      \
	"{\"pci\": {\"functions\": [{\"address\": \"" address "\", \"bars\": " bars "}]}}"

static void bars_are(const char *a, const char *b, const char *wanted_a, const char *wanted_b)
{
	json_t *one = parse(a), *other = parse(b), *wanted;

	report_bars_fold(one, other);
	wanted = parse(wanted_a);
	CU_ASSERT(json_equal(one, wanted));
	json_decref(wanted);
	wanted = parse(wanted_b);
	CU_ASSERT(json_equal(other, wanted));
	json_decref(wanted);
	json_decref(one);
	json_decref(other);
}

static void bars_of_a_device_that_differ_are_one_text(void)
{
	/* BAR 1 is the same in both. */
	bars_are(REPORT("02.0",
			 "[" BAR(0, "f0000000") "," BAR(1, "f1000000") "," BAR(2, "00000000") "]"),
		REPORT("02.0", "[" BAR(0, "e0000000") "," BAR(1, "f1000000") "]"),
		REPORT("02.0", "\"0 memory 0x1000 at 0xf0000000, 2 memory 0x1000 at 0x0\""),
		REPORT("02.0", "\"0 memory 0x1000 at 0xe0000000\""));
	bars_are(REPORT("02.0", "[" BAR(0, "f0000000") "]"),
		REPORT("02.0", "[" BAR(0, "f0000000") "]"), REPORT("02.0", "null"),
		REPORT("02.0", "null"));
	/* A device of one side. */
	bars_are(REPORT("02.0", "[" BAR(0, "f0000000") "]"),
		REPORT("03.0", "[" BAR(0, "f0000000") "]"),
		REPORT("02.0", "\"0 memory 0x1000 at 0xf0000000\""),
		REPORT("03.0", "\"0 memory 0x1000 at 0xf0000000\""));
	/* Not looked at, and looked at without finding any. */
	bars_are(REPORT("02.0", "null"), REPORT("02.0", "[]"), REPORT("02.0", "null"),
		REPORT("02.0", "[]"));
}

static void different_texts_are_a_set(void)
{
	values_are("[\"hvm\", \"shadow\", \"igd\"]", "[\"igd\", \"hvm\", \"rom\"]",
		"[shadow] true null;[rom] null true;");
	/* Texts that come twice are not. */
	values_are("[\"0x09\", \"0x09\", \"0x11\"]", "[\"0x09\", \"0x11\"]",
		"[1] \"0x09\" \"0x11\";[2] \"0x11\" null;");
}

static void a_path_leads_to_its_value(void)
{
	static const struct {
		const char *path, *wanted; /* "": nothing is there */
	} cases[] = {
		{ "a.b", "1" },
		{ "f[02.0].id", "2" },
		{ "f[05.0].id", "" },
		{ "words[hvm]", "true" },
		{ "words[rom]", "" },
		{ "numbers[1]", "8" },
		{ "numbers[7]", "" },
		{ "a.b.c", "" },
		{ "none", "" },
	};
	json_t *value = parse("{\"a\": {\"b\": 1}, \"f\": [{\"address\": \"02.0\", \"id\": 2}], "
			      "\"words\": [\"hvm\"], \"numbers\": [7, 8]}");

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const json_t *found = json_diff_at(value, cases[i].path);
		char *text = found ? json_dumps(found, JSON_ENCODE_ANY) : NULL;

		CU_ASSERT_STRING_EQUAL(text ? text : "", cases[i].wanted);
		free(text);
	}
	json_decref(value);
}

static void there_is_an_end_to_it(void)
{
	static const char *const ignored[] = { NULL };
	struct json_diff values = { .changes = json_array(), .ignored = ignored };
	json_t *one = json_array(), *other = json_array();

	for (int i = 0; i < DIFF_CHANGES_MAX + 7; i++) {
		json_array_append_new(one, json_integer(i));
		json_array_append_new(other, json_integer(-i - 1));
	}
	json_diff(&values, "", one, other);
	CU_ASSERT_EQUAL(json_array_size(values.changes), DIFF_CHANGES_MAX);
	CU_ASSERT_EQUAL(values.more, 7);
	json_decref(one);
	json_decref(other);
	json_decref(values.changes);
}

#define CELL(verdict, seen)                                                                        \
	"{\"cells\": [{\"name\": \"c\", \"verdict\": \"" verdict "\", \"ending\": \"done\","       \
	" \"findings\": [{\"field\": \"ending\", \"verdict\": \"" verdict "\", \"seen\": " seen    \
	"}]}]}"
#define NONE "{\"cells\": []}"
#define NO_GUEST                                                                                   \
	"{\"cells\": [{\"name\": \"c\", \"verdict\": \"SKIP\", \"ending\": \"not-supported\","     \
	" \"findings\": []}]}"

/* The class of the one cell, with at most one run of history. */
static void class_is(const char *a, const char *b, const char *history, const char *wanted)
{
	struct diff_run runs[3] = { { .findings = parse(a) }, { .findings = parse(b) },
		{ .findings = history ? parse(history) : NULL } };
	json_t *difference = diff_runs(&runs[0], &runs[1], &runs[2], history ? 1 : 0);
	json_t *cell = json_array_get(json_object_get(difference, "cells"), 0);
	bool bad = strcmp(wanted, "regression") == 0 || strcmp(wanted, "other failure") == 0 ||
		   strcmp(wanted, "only a") == 0;

	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(cell, "class")), wanted);
	CU_ASSERT_EQUAL(diff_exit_status(difference), bad);
	json_decref(difference);
	for (size_t i = 0; i < 3; i++)
		json_decref((json_t *)runs[i].findings);
}

/* The words of osstest's reports: "REGR. vs.", "never pass", "like". */
static void classes_come_from_history(void)
{
	class_is(CELL("PASS", "1"), CELL("PASS", "1"), NULL, "same");
	class_is(CELL("PASS", "1"), CELL("PASS", "2"), NULL, "changed");
	class_is(CELL("PASS", "1"), CELL("FAIL", "2"), NULL, "regression");
	class_is(CELL("XFAIL", "1"), CELL("FAIL", "2"), NULL, "regression");
	class_is(CELL("FAIL", "2"), CELL("FAIL", "2"), NULL, "like a");
	class_is(CELL("FAIL", "1"), CELL("FAIL", "2"), NULL, "other failure");
	class_is(CELL("FAIL", "2"), CELL("FAIL", "2"), CELL("PASS", "1"), "like a");
	class_is(CELL("FAIL", "2"), CELL("FAIL", "2"), CELL("FAIL", "2"), "never passed");
	class_is(CELL("MISS", "1"), CELL("FAIL", "2"), CELL("PASS", "1"), "regression");
	class_is(CELL("MISS", "1"), CELL("FAIL", "2"), CELL("FAIL", "1"), "never passed");
	class_is(CELL("FAIL", "2"), CELL("PASS", "1"), NULL, "fixed");
	class_is(CELL("XFAIL", "2"), CELL("PASS", "1"), NULL, "fixed");
	class_is(CELL("FAIL", "2"), CELL("XFAIL", "2"), NULL, "known");
	class_is(CELL("PASS", "1"), CELL("MISS", "1"), NULL, "not tested");
	class_is(CELL("PASS", "1"), CELL("ERROR", "1"), NULL, "not tested");
	/* A guest that ran, and of which a part could not be looked at. */
	class_is(CELL("SKIP", "1"), CELL("FAIL", "2"), NULL, "regression");
	class_is(CELL("SKIP", "1"), CELL("SKIP", "1"), NULL, "same");
	class_is(CELL("PASS", "1"), CELL("SKIP", "1"), NULL, "not tested");
	class_is(CELL("SKIP", "1"), CELL("XFAIL", "2"), NULL, "known");
	class_is(NO_GUEST, CELL("FAIL", "2"), NULL, "other failure");
	class_is(NO_GUEST, NO_GUEST, NULL, "not tested");
	class_is(CELL("PASS", "1"), NONE, NULL, "only a");
	class_is(NONE, CELL("PASS", "1"), NULL, "only b");
}

static CU_TestInfo tests[] = {
	{ "what one side lacks is told field by field",
		what_one_side_lacks_is_told_field_by_field },
	{ "values are compared by what they are", values_are_compared_by_what_they_are },
	{ "a moved device is two addresses", a_moved_device_is_two_addresses },
	{ "BARs of a device that differ are one text", bars_of_a_device_that_differ_are_one_text },
	{ "different texts are a set", different_texts_are_a_set },
	{ "a path leads to its value", a_path_leads_to_its_value },
	{ "there is an end to it", there_is_an_end_to_it },
	{ "classes come from history", classes_come_from_history },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	return suite_main("diff", tests);
}
