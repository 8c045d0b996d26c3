#include "harness/cli/options.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/suite.h"

static const char *text;
static const char *known;
static bool flag;
static struct string_list list;

static const struct command_option options[] = {
	{ "text", "WORD", "a text", .text = &text },
	{ "flag", NULL, "a flag", .flag = &flag },
	{ "list", "WORD", "a list", .list = &list },
	{ "fixed", NULL, "the same as --text fixed", .text = &text, .value = "fixed" },
	{ "known", "FILE", "what decides", .text = &known },
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

/* The configuration of that text, checked for two commands; it is to be freed. */
static struct config configure(const char *yaml, int expected, struct problem *why)
{
	static const struct command other = { .name = "other", .options = options + 5 };
	static const struct command *const all[] = { &command, &other, NULL };
	char path[] = "/tmp/igd-options-XXXXXX";
	int fd = mkstemp(path);
	struct config config;

	CU_ASSERT_FATAL(fd >= 0);
	dprintf(fd, "format: igd-harness config\nversion: 1\n%s", yaml);
	close(fd);
	setenv("IGD_CONFIG", path, 1);
	CU_ASSERT_EQUAL_FATAL(config_load(&config, why), 0);
	CU_ASSERT_EQUAL(options_check(all, &config, why), expected);
	unlink(path);
	return config;
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

static void a_switch_may_stand_for_a_value(void)
{
	int first;

	CU_ASSERT_EQUAL(parse(ARGV(WORD("--text=a"), WORD("--fixed")), &first), -1);
	CU_ASSERT_STRING_EQUAL(text, "fixed");
	CU_ASSERT_EQUAL(parse(ARGV(WORD("--fixed"), WORD("--text=a")), &first), -1);
	CU_ASSERT_STRING_EQUAL(text, "a");
	CU_ASSERT_EQUAL(parse(ARGV(WORD("--fixed=b")), &first), EXIT_USAGE);
}

static void help_is_asked_for_before_two_dashes(void)
{
	CU_ASSERT_TRUE(options_ask_help(3, ARGV(WORD("a"), WORD("--help"))));
	CU_ASSERT_TRUE(options_ask_help(2, ARGV(WORD("-h"))));
	CU_ASSERT_FALSE(options_ask_help(3, ARGV(WORD("--"), WORD("--help"))));
	CU_ASSERT_FALSE(options_ask_help(2, ARGV(WORD("help"))));
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

/* As parse(), with defaults. */
static int parse_with(const struct config *config, char **argv)
{
	int argc = 0, first = 0;

	while (argv[argc])
		argc++;
	text = NULL;
	flag = false;
	list = (struct string_list){ 0 };
	options_configure(&command, config);
	return options_parse(&command, argc, argv, &first);
}

static void the_command_line_counts_before_a_file(void)
{
	struct problem why = { "" };
	struct config config = configure("options:\n  do:\n    text: of the file\n    flag: true\n"
					 "    list: [a, b]\n",
		0, &why);

	CU_ASSERT_EQUAL(parse_with(&config, ARGV(WORD("thing"))), -1);
	CU_ASSERT_STRING_EQUAL(text, "of the file");
	CU_ASSERT_TRUE(flag);
	CU_ASSERT_EQUAL(list.count, 2);
	CU_ASSERT_EQUAL(parse_with(&config, ARGV(WORD("--text=said"), WORD("--list=c"),
						    WORD("--list=d"), WORD("thing"))),
		-1);
	CU_ASSERT_STRING_EQUAL(text, "said");
	CU_ASSERT_EQUAL(list.count, 2);
	CU_ASSERT_STRING_EQUAL(list.texts[0], "c");
	CU_ASSERT_STRING_EQUAL(list.texts[1], "d");
	list.count = 0;
	list.are_defaults = false;
	config_free(&config);
}

static void a_default_that_there_cannot_be_is_refused(void)
{
	static const struct {
		const char *yaml, *at, *what;
	} wrong[] = {
		{ "options:\n  go: {text: a}\n", ":4:3: ", "no command \"go\"" },
		{ "options:\n  do:\n    txet: a\n", ":5:5: ", "do has no option \"txet\"" },
		{ "options:\n  do: {flag: 1}\n", ":4:14: ", "--flag is a switch" },
		{ "options:\n  do: {fixed: b}\n", ":4:15: ", "--fixed is a switch" },
		{ "options:\n  do: {text: [a]}\n", ":4:14: ", "--text has one value" },
		{ "options:\n  do: {known: a}\n", ":4:8: ", "--known decides verdicts" },
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct problem why = { "" };
		struct config config = configure(wrong[i].yaml, -EINVAL, &why);

		CU_ASSERT_PTR_NOT_NULL(strstr(why.text, wrong[i].at));
		CU_ASSERT_PTR_NOT_NULL(strstr(why.text, wrong[i].what));
		config_free(&config);
	}
}

static CU_TestInfo tests[] = {
	{ "the command line counts before a file", the_command_line_counts_before_a_file },
	{ "a default that there cannot be is refused", a_default_that_there_cannot_be_is_refused },
	{ "options and arguments come in any order", options_and_arguments_come_in_any_order },
	{ "what is no option is usage", what_is_no_option_is_usage },
	{ "a switch may stand for a value", a_switch_may_stand_for_a_value },
	{ "help is asked for before two dashes", help_is_asked_for_before_two_dashes },
	{ "help ends well", help_ends_well },
	{ "after two dashes nothing is an option", after_two_dashes_nothing_is_an_option },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	return suite_main("options", tests);
}
