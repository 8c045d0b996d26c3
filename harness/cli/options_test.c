#include "harness/cli/options.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "src/suite.h"

static const char *text;
static bool flag;
static struct string_list list;

static const struct command_option options[] = {
	{ "text", "WORD", "a text", .text = &text },
	{ "flag", NULL, "a flag", .flag = &flag },
	{ "list", "WORD", "a list", .list = &list },
	{ NULL },
};
static const struct command command = {
	.name = "do", .arguments = "THING", .summary = "s", .description = "d", .options = options
};

/* Parses with what the parser says on stderr and stdout thrown away. */
static int parse(char **argv, int *first_r)
{
	int argc = 0, saved[2] = { dup(1), dup(2) }, null = open("/dev/null", O_WRONLY), r;

	while (argv[argc])
		argc++;
	text = NULL;
	flag = false;
	list.count = 0;
	fflush(stdout);
	dup2(null, 1);
	dup2(null, 2);
	r = options_parse(&command, argc, argv, first_r);
	fflush(stdout);
	dup2(saved[0], 1);
	dup2(saved[1], 2);
	close(saved[0]);
	close(saved[1]);
	close(null);
	return r;
}

#define ARGV(...)  ((char *[]){ (char *)"do", __VA_ARGS__, NULL })
#define WORD(word) (char *)word

static void options_and_arguments_come_in_any_order(void)
{
	char **argv = ARGV(WORD("a"), WORD("--text"), WORD("t"), WORD("--flag"), WORD("b"),
		WORD("--list=1"), WORD("--list"), WORD("2"));
	int first = 0;

	CU_ASSERT_EQUAL(parse(argv, &first), -1);
	CU_ASSERT_STRING_EQUAL(text, "t");
	CU_ASSERT(flag);
	CU_ASSERT_EQUAL(list.count, 2);
	CU_ASSERT_STRING_EQUAL(list.texts[1], "2");
	CU_ASSERT_STRING_EQUAL(argv[first], "a");
	CU_ASSERT_STRING_EQUAL(argv[first + 1], "b");
}

static void what_is_no_option_is_usage(void)
{
	int first;

	CU_ASSERT_EQUAL(parse(ARGV(WORD("--nothing")), &first), EXIT_USAGE);
	CU_ASSERT_EQUAL(parse(ARGV(WORD("--text")), &first), EXIT_USAGE);
	CU_ASSERT_EQUAL(parse(ARGV(WORD("--flag=yes")), &first), EXIT_USAGE);
	CU_ASSERT_EQUAL(parse(ARGV(WORD("-x")), &first), EXIT_USAGE);
}

static void help_ends_well(void)
{
	int first;

	CU_ASSERT_EQUAL(parse(ARGV(WORD("--help")), &first), 0);
}

static void after_two_dashes_nothing_is_an_option(void)
{
	char **argv = ARGV(WORD("--"), WORD("--text"));
	int first = 0;

	CU_ASSERT_EQUAL(parse(argv, &first), -1);
	CU_ASSERT_PTR_NULL(text);
	CU_ASSERT_STRING_EQUAL(argv[first], "--text");
}

static CU_TestInfo tests[] = {
	{ "options and arguments come in any order", options_and_arguments_come_in_any_order },
	{ "what is no option is usage", what_is_no_option_is_usage },
	{ "help ends well", help_ends_well },
	{ "after two dashes nothing is an option", after_two_dashes_nothing_is_an_option },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	return suite_main("options", tests);
}
