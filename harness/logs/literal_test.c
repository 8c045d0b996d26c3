/* A text that is taken for necessary and is not would hide lines: regexec() says what matches. */
#include <regex.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "harness/logs/private.h"
#include "src/suite.h"

/* The texts of an expression, separated by "/". */
static const char *literal(const char *text)
{
	static char found[LITERALS_SIZE];

	expression_literals(text, found);
	for (char *end = found + strlen(found); *found && end[1]; end += strlen(end))
		*end = '/';
	return found;
}

/* Has the line one of the texts, or are none known? */
static bool has_literal(const char *line, const char *text)
{
	char found[LITERALS_SIZE];

	expression_literals(text, found);
	for (const char *at = found; *at; at += strlen(at) + 1)
		if (strstr(line, at))
			return true;
	return !*found;
}

static void the_longest_necessary_text(void)
{
	CU_ASSERT_STRING_EQUAL(literal("^xen_pt.*: failed to assign$"), ": failed to assign");
	CU_ASSERT_STRING_EQUAL(literal("ab+cde"), "cde");
	CU_ASSERT_STRING_EQUAL(literal("hel*o there"), "o there");
	CU_ASSERT_STRING_EQUAL(literal("there was hel?o"), "there was he");
	CU_ASSERT_STRING_EQUAL(literal("ab([)]long text)cde"), ")long text");
	CU_ASSERT_STRING_EQUAL(literal("fail[.] now\\."), "fail. now.");
	CU_ASSERT_STRING_EQUAL(literal("fail[^.] today"), " today");
	CU_ASSERT_STRING_EQUAL(literal("fail\\b today"), " today");
	CU_ASSERT_STRING_EQUAL(literal("a[{]b[}]"), "a{b}");
	CU_ASSERT_STRING_EQUAL(literal(""), "");
	CU_ASSERT_STRING_EQUAL(literal("(((("), "");
	CU_ASSERT_STRING_EQUAL(literal("ab["), "ab");
	CU_ASSERT_STRING_EQUAL(literal("ab\\"), "ab");
}

static void a_text_of_each_alternative(void)
{
	CU_ASSERT_STRING_EQUAL(literal("long text|x"), "long text/x");
	CU_ASSERT_STRING_EQUAL(literal("long text|x*"), "");
	CU_ASSERT_STRING_EQUAL(literal("(long text)"), "long text");
	CU_ASSERT_STRING_EQUAL(literal("(long text)+"), "long text");
	CU_ASSERT_STRING_EQUAL(literal("(long text)?abc"), "abc");
	/* The shortest counts. */
	CU_ASSERT_STRING_EQUAL(literal("abc(defgh|i)jk"), "abc");
	CU_ASSERT_STRING_EQUAL(literal("abc(defgh|ijkl)mn"), "defgh/ijkl");
	CU_ASSERT_STRING_EQUAL(literal("a(bcd|(efg|hi.jkl)m)n|opqr"), "bcd/efg/jkl/opqr");
	CU_ASSERT_STRING_EQUAL(literal("(((((((((deep)))))))))ab"), "ab");
}

/* xorshift, so that each run is the same. */
static uint32_t next(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

static void make(char *text, size_t length, const char *signs, uint32_t *state)
{
	for (size_t i = 0; i < length; i++)
		text[i] = signs[next(state) % strlen(signs)];
	text[length] = '\0';
}

/* Expressions and lines of few characters, so that many match. */
static void no_line_is_lost(void)
{
	uint32_t state = 20261129;
	size_t matched = 0, had = 0;

	for (int i = 0; i < 20000; i++) {
		char text[16], line[24], sentence[200];
		regex_t expression;

		make(text, 1 + next(&state) % 10, "aabbc.*+?()[]|^$\\<", &state);
		if (!expression_check(text, sentence, sizeof(sentence)) ||
			regcomp(&expression, text, REG_EXTENDED | REG_NOSUB))
			continue;
		for (int k = 0; k < 8; k++) {
			make(line, next(&state) % 20, "aabbc.[(", &state);
			if (regexec(&expression, line, 0, NULL, 0))
				continue;
			matched++;
			had += literal(text)[0] != '\0';
			CU_ASSERT(has_literal(line, text));
			if (!has_literal(line, text))
				printf("\n  %s: %s\n", text, line);
		}
		regfree(&expression);
	}
	/* It would say nothing of matches that there are not. */
	CU_ASSERT(matched > 1000 && had > 1000);
}

static CU_TestInfo tests[] = {
	{ "the longest necessary text", the_longest_necessary_text },
	{ "a text of each alternative", a_text_of_each_alternative },
	{ "no line is lost", no_line_is_lost },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	return suite_main("literal", tests);
}
