/* The loader's sentences and the bounds of the search. patterns_data_test.c tests the real list. */
#include "harness/logs/patterns.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/logs/private.h"
#include "src/suite.h"

/* Lines 1 to 3; a pattern begins at line 4. */
#define HEAD  "format: igd-harness patterns\nversion: 1\npatterns:\n"
#define FIRST "  - label: first\n    log: qemu\n" /* 4, 5 */
#define REST                                                                                       \
	"    layer: qemu\n    severity: cause\n    known: measured\n    meaning: m\n"              \
	"    advice: a\n    reference: r\n"
#define TEXT   "    text: Assertion\n"
#define SAMPLE "    samples: [an Assertion]\n"
#define WHOLE  HEAD FIRST REST TEXT SAMPLE

static struct patterns *parse(const char *text)
{
	struct problem why = { "" };
	struct patterns *patterns = NULL;

	CU_ASSERT_EQUAL(patterns_parse("p", text, strlen(text), &patterns, &why), 0);
	if (why.text[0])
		printf("\n  %s\n", why.text);
	CU_ASSERT_PTR_NOT_NULL_FATAL(patterns);
	return patterns;
}

struct wrong {
	const char *text, *place, *what;
};

static void every_mistake_has_a_place_and_a_remedy(void)
{
	static const struct wrong table[] = {
		{ "", "1:1", "docs/use/patterns.md" },
		{ "format: x\nversion: 1\npatterns: []\n", "1:9", "igd-harness patterns" },
		{ "format: igd-harness patterns\nversion: 2\npatterns: []\n", "2:10",
			"use a newer" },
		{ HEAD "  - label: First\n    log: qemu\n" REST TEXT SAMPLE, "4:12", "a label" },
		{ HEAD "  - label: a\n    logs: qemu\n" REST TEXT SAMPLE, "5:5",
			"did you mean `log`" },
		{ HEAD "  - label: a\n    log: dmesg\n" REST TEXT SAMPLE, "5:10",
			"use libxl, qemu" },
		{ HEAD FIRST REST SAMPLE, "4:5", "either `text`" },
		{ HEAD FIRST REST TEXT "    pattern: 'Assertion'\n" SAMPLE, "4:5",
			"either `text`" },
		{ HEAD FIRST REST "    text: xx\n" SAMPLE, "12:11", "use 6 to 200" },
		{ HEAD FIRST REST "    pattern: 'Assert(ion'\n" SAMPLE, "12:14",
			"for a fixed text" },
		{ HEAD FIRST REST "    pattern: '(As)sert\\1'\n" SAMPLE, "12:14",
			"back-reference" },
		{ HEAD FIRST REST "    pattern: 'Assertio{9}'\n" SAMPLE, "12:14", "repeat count" },
		{ HEAD FIRST REST "    pattern: '((As)+)+sert'\n" SAMPLE, "12:14",
			"a repeat of a repeat" },
		{ HEAD FIRST REST "    pattern: '(Assert)*'\n" SAMPLE, "12:14", "every line" },
		{ HEAD FIRST REST TEXT "    samples: [x]\n", "13:15",
			"does not match its pattern" },
		{ HEAD FIRST REST TEXT "    samples: \"Assertion\\n\"\n", "13:14", "one line" },
		{ HEAD FIRST REST TEXT, "4:5", "needs `samples`" },
		{ WHOLE "    versions: {qemo: \">=1\"}\n", "14:16", "did you mean `qemu`" },
		{ WHOLE "    versions: {qemu: \"=>1\"}\n", "14:22", "" },
		{ WHOLE FIRST REST TEXT SAMPLE, "14:12", "twice, here and at line 4" },
		{ HEAD FIRST "    layer: bios\n", "4:5", "needs" },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct patterns *patterns = NULL;
		struct problem why = { "" };
		char place[64];

		snprintf(place, sizeof(place), "p:%s: ", table[i].place);
		CU_ASSERT_EQUAL(
			patterns_parse("p", table[i].text, strlen(table[i].text), &patterns, &why),
			-EINVAL);
		CU_ASSERT_PTR_NULL(patterns);
		CU_ASSERT_EQUAL(strncmp(why.text, place, strlen(place)), 0);
		CU_ASSERT_PTR_NOT_NULL(strstr(why.text, table[i].what));
		if (strncmp(why.text, place, strlen(place)) != 0 ||
			!strstr(why.text, table[i].what))
			printf("\n  case %zu, wanted %s%s\n  but got %s\n", i, place, table[i].what,
				why.text);
	}
}

static void words_are_the_known_ones(void)
{
	static const struct wrong table[] = {
		{ "layer: bios", "6:12", "guest kernel, host" },
		{ "severity: fatal", "6:15", "cause, grave, sign, note" },
		{ "severity: cause\n    explains: [done, dead]", "7:22",
			"no ending is named \"dead\"" },
		{ "severity: sign\n    explains: done", "7:5", "only a pattern of severity cause" },
		{ "severity: grave\n    breaks_host: yes", "7:18", "write true" },
		{ "severity: grave\n    breaks_host: true", "7:5", "of the logs xen and dom0" },
		{ "known: heard", "6:12", "measured, source, report" },
		{ "meaning: \" \"", "6:14", "is empty" },
		{ "advice: |\n      a\n      b", "7:1", "line break" },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		static const char *const keys[] = { "layer: qemu", "severity: cause",
			"known: measured", "meaning: m", "advice: a", "reference: r" };
		char text[1024], place[64];
		struct patterns *patterns = NULL;
		struct problem why = { "" };
		size_t used = (size_t)snprintf(
			text, sizeof(text), "%s%s    %s\n", HEAD, FIRST, table[i].text);

		for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++) {
			size_t length = strcspn(keys[k], ":");

			if (strncmp(keys[k], table[i].text, length + 1) != 0)
				used += (size_t)snprintf(
					text + used, sizeof(text) - used, "    %s\n", keys[k]);
		}
		snprintf(text + used, sizeof(text) - used, "%s%s", TEXT, SAMPLE);
		snprintf(place, sizeof(place), "p:%s: ", table[i].place);
		CU_ASSERT_EQUAL(patterns_parse("p", text, strlen(text), &patterns, &why), -EINVAL);
		CU_ASSERT_EQUAL(strncmp(why.text, place, strlen(place)), 0);
		CU_ASSERT_PTR_NOT_NULL(strstr(why.text, table[i].what));
		if (strncmp(why.text, place, strlen(place)) != 0)
			printf("\n  wanted %s, got %s\n", place, why.text);
	}
}

static json_t *match(const struct patterns *patterns, const char *bytes, size_t length)
{
	struct pattern_input input = { PATTERN_QEMU, "qemu.log", bytes, length };

	return patterns_match(patterns, &input, 1, NULL, NULL);
}

static void a_match_says_where_and_what(void)
{
	struct patterns *patterns = parse(WHOLE);
	const char log[] = "a\n\x1b[2Jx\xc3\xa9 Assertion 1\r\nAssertion 2\nassertion";
	json_t *matches = match(patterns, log, sizeof(log) - 1);
	const json_t *first = json_array_get(matches, 0);

	CU_ASSERT_EQUAL(json_array_size(matches), 1);
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(first, "line")), 2);
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(first, "count")), 2);
	CU_ASSERT_STRING_EQUAL(
		json_string_value(json_object_get(first, "text")), "?[2Jx?? Assertion 1");
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(first, "label")), "first");
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(first, "layer")), "QEMU");
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(first, "log")), "qemu");
	CU_ASSERT_TRUE(pattern_is_cause(first));
	json_decref(matches);
	patterns_free(patterns);
}

static void only_in_its_log_and_never_in_a_frame(void)
{
	struct patterns *patterns =
		parse(HEAD "  - label: a\n    log: [xen, console]\n" REST TEXT SAMPLE);
	const char log[] = "@IGD1 R 0001 Assertion\n";
	struct pattern_input input = { PATTERN_CONSOLE, "console.log", log, sizeof(log) - 1 };
	json_t *matches = patterns_match(patterns, &input, 1, NULL, NULL);

	CU_ASSERT_EQUAL(json_array_size(matches), 0);
	json_decref(matches);
	input.bytes = " Assertion";
	input.length = strlen(input.bytes);
	matches = patterns_match(patterns, &input, 1, NULL, NULL);
	CU_ASSERT_EQUAL(json_array_size(matches), 1);
	json_decref(matches);
	input.log = PATTERN_LIBXL;
	matches = patterns_match(patterns, &input, 1, NULL, NULL);
	CU_ASSERT_EQUAL(json_array_size(matches), 0);
	json_decref(matches);
	patterns_free(patterns);
}

static void versions_choose(void)
{
	struct patterns *patterns = parse(WHOLE "    versions: {qemu: \">=10.0\"}\n");
	struct pattern_input input = { PATTERN_QEMU, "qemu.log", "Assertion", 9 };
	static const struct {
		const char *versions;
		size_t matches;
	} table[] = { { "{\"qemu\": \"10.0.13\"}", 1 }, { "{\"qemu\": \"7.2.22\"}", 0 },
		{ "{\"xen\": \"4.17\"}", 1 }, { "{}", 1 } };

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		json_t *versions = json_loads(table[i].versions, 0, NULL);
		json_t *matches = patterns_match(patterns, &input, 1, versions, NULL);

		CU_ASSERT_EQUAL(json_array_size(matches), table[i].matches);
		json_decref(matches);
		json_decref(versions);
	}
	patterns_free(patterns);
}

static void what_is_searched_and_kept_is_bounded(void)
{
	struct patterns *patterns = parse(HEAD FIRST REST "    pattern: 'Assertion .*[x]+.*b'\n"
							  "    samples: [Assertion xb]\n");
	size_t length = PATTERNS_LOG_MAX + 100;
	char *log = malloc(length);
	json_t *matches;

	CU_ASSERT_PTR_NOT_NULL_FATAL(log);
	/* One endless line: only its beginning is looked at. */
	memset(log, 'x', length);
	memcpy(log, "Assertion ", 10);
	log[PATTERNS_LINE_MAX - 1] = 'b';
	matches = match(patterns, log, length);
	CU_ASSERT_EQUAL(json_array_size(matches), 1);
	CU_ASSERT_EQUAL(json_string_length(json_object_get(json_array_get(matches, 0), "text")),
		PATTERNS_TEXT_MAX);
	json_decref(matches);
	log[PATTERNS_LINE_MAX - 1] = 'x';
	log[PATTERNS_LINE_MAX] = 'b';
	matches = match(patterns, log, length);
	CU_ASSERT_EQUAL(json_array_size(matches), 0);
	json_decref(matches);
	/* A line that begins beyond the bound is not there. */
	memset(log, '\n', length);
	memcpy(log + PATTERNS_LOG_MAX, "Assertion xb", 12);
	matches = match(patterns, log, length);
	CU_ASSERT_EQUAL(json_array_size(matches), 0);
	json_decref(matches);
	matches = match(patterns, "", 0);
	CU_ASSERT_EQUAL(json_array_size(matches), 0);
	json_decref(matches);
	free(log);
	patterns_free(patterns);
}

static void matches_come_in_the_order_of_the_file(void)
{
	struct patterns *patterns = parse(HEAD "  - label: second-log\n    log: console\n" REST TEXT
			SAMPLE FIRST REST TEXT SAMPLE);
	struct pattern_input inputs[] = { { PATTERN_QEMU, "qemu.log", "Assertion", 9 },
		{ PATTERN_CONSOLE, "console.log", "Assertion", 9 } };
	json_t *matches = patterns_match(patterns, inputs, 2, NULL, NULL);

	CU_ASSERT_EQUAL(json_array_size(matches), 2);
	CU_ASSERT_STRING_EQUAL(
		json_string_value(json_object_get(json_array_get(matches, 0), "label")),
		"second-log");
	json_decref(matches);
	patterns_free(patterns);
}

static void the_file_is_kept_and_named(void)
{
	struct patterns *patterns = parse(WHOLE);
	json_t *identity = patterns_identity(patterns);
	size_t length = 0;

	CU_ASSERT_STRING_EQUAL(patterns_text(patterns, &length), WHOLE);
	CU_ASSERT_EQUAL(length, strlen(WHOLE));
	CU_ASSERT_EQUAL(json_string_length(json_object_get(identity, "sha256")), 64);
	json_decref(identity);
	patterns_free(patterns);
}

static void a_file_that_is_not_there_is_named(void)
{
	struct patterns *patterns = NULL;
	struct problem why = { "" };

	CU_ASSERT_EQUAL(patterns_load("/nowhere/p.yaml", &patterns, &why), -ENOENT);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "/nowhere/p.yaml"));
	why.text[0] = 0;
	CU_ASSERT_EQUAL(patterns_load("/", &patterns, &why), -EINVAL);
	CU_ASSERT_NOT_EQUAL(why.text[0], 0);
}

/* What is printable ASCII is isprint()'s to say, in the locale "C". */
static void a_line_is_printable(void)
{
	char bytes[21], line[PATTERNS_LINE_MAX + 1];

	for (size_t place = 0; place < sizeof(bytes); place++) {
		for (int other = 0; other < 256; other += 85) { /* beside it: 0x00, 0x55, ... */
			for (int byte = 0; byte < 256; byte++) {
				memset(bytes, other, sizeof(bytes));
				bytes[place] = (char)byte;
				CU_ASSERT_EQUAL(pattern_clean(bytes, sizeof(bytes), line),
					sizeof(bytes) - (bytes[sizeof(bytes) - 1] == '\r' ? 1 : 0));
				for (size_t i = 0; line[i]; i++)
					CU_ASSERT_EQUAL(line[i],
						isprint((unsigned char)bytes[i]) ? bytes[i] : '?');
			}
		}
	}
	CU_ASSERT_EQUAL(pattern_clean(bytes, 0, line), 0);
	CU_ASSERT_STRING_EQUAL(line, "");
}

static CU_TestInfo tests[] = {
	{ "every mistake has a place and a remedy", every_mistake_has_a_place_and_a_remedy },
	{ "words are the known ones", words_are_the_known_ones },
	{ "a match says where and what", a_match_says_where_and_what },
	{ "only in its log, and never in a frame", only_in_its_log_and_never_in_a_frame },
	{ "versions choose", versions_choose },
	{ "a line is printable", a_line_is_printable },
	{ "what is searched and kept is bounded", what_is_searched_and_kept_is_bounded },
	{ "matches come in the order of the file", matches_come_in_the_order_of_the_file },
	{ "the file is kept and named", the_file_is_kept_and_named },
	{ "a file that is not there is named", a_file_that_is_not_there_is_named },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	return suite_main("patterns", tests);
}
