/* A pattern that the index does not find hides a line: what matches is what each pattern by itself
 * says. */
#include <jansson.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/logs/private.h"
#include "src/suite.h"

static int make_pattern(struct pattern *pattern, const char *text, bool is_fixed)
{
	*pattern = (struct pattern){ 0 };
	if (is_fixed) {
		pattern->text = json_string(text);
		return pattern->text ? 0 : -1;
	}
	expression_literals(text, pattern->literals);
	return regcomp(&pattern->expression, text, REG_EXTENDED | REG_NOSUB);
}

static void drop(struct pattern *pattern)
{
	if (pattern->text)
		json_decref(pattern->text);
	else
		regfree(&pattern->expression);
}

static bool has(const struct pattern_set *set, size_t i)
{
	return set->bits[i / 64] >> i % 64 & 1;
}

static void which_may_match(void)
{
	const struct {
		const char *text;
		bool is_fixed;
	} table[] = {
		{ "failed to assign", true }, { "failed (to|not to) (assign|attach)", false },
		{ "^.*$", false }, /* no text */
		{ "abc", true },   /* too short for a hash: always possible */
		{ "sign[.]", false }, { "assign", false }, /* the end of the first one's text */
	};
	const struct {
		const char *line;
		bool possible[6];
	} lines[] = {
		{ "", { false, false, true, true, false, false } },
		{ "sign", { false, false, true, true, false, false } },
		{ "it failed to assign.", { true, true, true, true, true, true } },
		{ "failed not to attach", { false, true, true, true, false, false } },
		{ "failed to assig", { false, true, true, true, false, false } },
		{ "sign.", { false, false, true, true, true, false } },
	};
	struct pattern patterns[6];
	struct literal_index *index = NULL;
	struct pattern_set found;

	for (size_t i = 0; i < 6; i++)
		CU_ASSERT_EQUAL_FATAL(
			make_pattern(&patterns[i], table[i].text, table[i].is_fixed), 0);
	CU_ASSERT_EQUAL_FATAL(literal_index_make(patterns, 6, &index), 0);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		literal_index_find(index, lines[i].line, strlen(lines[i].line), &found);
		for (size_t k = 0; k < 6; k++) {
			CU_ASSERT_EQUAL(has(&found, k), lines[i].possible[k]);
			if (has(&found, k) != lines[i].possible[k])
				printf("\n  \"%s\", pattern %zu\n", lines[i].line, k);
		}
	}
	literal_index_free(index);
	for (size_t i = 0; i < 6; i++)
		drop(&patterns[i]);
}

static void make_text(char *text, size_t length, uint32_t *state)
{
	for (size_t i = 0; i < length; i++) {
		*state = *state * 1664525u + 1013904223u; /* Numerical Recipes */
		text[i] = "ab"[*state >> 31];
	}
	text[length] = '\0';
}

/* Lines of two letters, so that many have a text, also one that begins or ends in another. */
static void no_pattern_is_lost(void)
{
	enum { COUNT = 130 };
	struct pattern patterns[COUNT];
	struct literal_index *index = NULL;
	uint32_t state = 20261130;
	size_t hits = 0, spared = 0;

	for (size_t i = 0; i < COUNT; i++) {
		char text[16];

		make_text(text, 3 + i % 9, &state);
		CU_ASSERT_EQUAL_FATAL(make_pattern(&patterns[i], text, i % 2), 0);
	}
	CU_ASSERT_EQUAL_FATAL(literal_index_make(patterns, COUNT, &index), 0);
	for (int i = 0; i < 2000; i++) {
		char line[40];
		struct pattern_set found;

		make_text(line, (size_t)i % 33, &state);
		literal_index_find(index, line, strlen(line), &found);
		for (size_t k = 0; k < COUNT; k++) {
			bool matches = pattern_hits(&patterns[k], line);

			CU_ASSERT(has(&found, k) || !matches);
			hits += matches;
			spared += !has(&found, k);
		}
	}
	CU_ASSERT(hits > 1000 && spared > 1000);
	literal_index_free(index);
	for (size_t i = 0; i < COUNT; i++)
		drop(&patterns[i]);
}

static CU_TestInfo tests[] = {
	{ "which may match", which_may_match },
	{ "no pattern is lost", no_pattern_is_lost },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	return suite_main("literal index", tests);
}
