/* Which expressions are refused; glibc 2.36 took the time and memory that are given here. */
#include <stdio.h>
#include <string.h>

#include "harness/logs/private.h"
#include "src/suite.h"

static void refuses(const char *text, const char *why)
{
	char sentence[200] = "";
	bool refused = !expression_check(text, sentence, sizeof(sentence));

	CU_ASSERT(refused);
	CU_ASSERT_PTR_NOT_NULL(strstr(sentence, why));
	if (!refused || !strstr(sentence, why))
		fprintf(stderr, "%s: %s\n", text, sentence);
}

static void takes(const char *text)
{
	char sentence[200] = "";
	bool taken = expression_check(text, sentence, sizeof(sentence));

	CU_ASSERT(taken);
	if (!taken)
		fprintf(stderr, "%s: %s\n", text, sentence);
}

static void a_repeat_of_a_repeat(void)
{
	/* 20 levels of it: 7.6 s and 1.6 GB to compile. */
	refuses("((hello)+)+", "a repeat of a repeat");
	refuses("(x(ab+c)y)*", "a repeat of a repeat");
	refuses("((a+)?b)+", "a repeat of a repeat");
	refuses("hello++", "a repeat of a repeat");
	refuses("hello+*", "a repeat of a repeat");
	refuses("hello?+", "a repeat of a repeat");
	/* What glibc takes literally, and repeats: a fuzzer's find, more than 1 GiB. */
	refuses("^)+++++", "a repeat of a repeat");
	refuses("^++++", "a repeat of a repeat");
	takes("hello)+ world");
	takes("(hel+o)? [a-z]+ (wor)*ld");
	takes("(hel+o) [+*] wor+ld");
	takes("hello\\++ wo[]+*]+rld");
}

static void a_set_of_places_that_grows(void)
{
	/* With 17 more than 100 s for a log of 1 MiB. */
	refuses("^[ab]*a[ab][ab][ab][ab][ab][ab][ab][ab][ab][ab][ab][ab][ab][ab]$", "at most 12");
	refuses("x.*a.............$", "at most 12");
	refuses("x.*a(b|c)(b|c)(b|c)(b|c)(b|c)(b|c)(b|c)(b|c)(b|c)(b|c)(b|c)(b|c)(b|c)",
		"at most 12");
	refuses("x.*ab?b?b?b?b?b?b?b?b?b?b?b?b?", "at most 12");
	refuses("x.*a\\w\\w\\w\\w\\w\\w\\w\\w\\w\\w\\w\\w\\w", "at most 12");
	refuses("(a|[ab][ab][ab][ab][ab][ab][ab][ab][ab][ab][ab][ab][ab])*", "at most 12");
	takes("x.*a............$");
	takes("[(][.][[][]][:][(][.][[][]][:][(][.][[][]][:] hello.*");
	takes("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.*bbbbbbbbbbbbbbbbbbbbbbbbbbb");
	takes("................................");
}

static void back_references_and_counts(void)
{
	refuses("(hello) \\1", "back-reference");
	refuses("hello{9}", "[{] for the character");
	takes("hello [{] world");
	takes("hello []{] [^]{] [[:alpha:]{] [\\1] world");
	takes("hello \\{ world");
}

/* regcomp() has a sentence for each. */
static void what_is_not_an_expression(void)
{
	takes("hello [");
	takes("hello [[:alpha");
	takes("hello )+");
	takes("(((((");
	takes("*hello");
	takes("hello \\");
	takes("");
}

static CU_TestInfo tests[] = {
	{ "a repeat of a repeat is refused", a_repeat_of_a_repeat },
	{ "many parts that match different texts are refused", a_set_of_places_that_grows },
	{ "back-references and counts are refused, braces in brackets are not",
		back_references_and_counts },
	{ "what is not an expression is left to regcomp()", what_is_not_an_expression },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	return suite_main("expression", tests);
}
