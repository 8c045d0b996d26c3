#include "harness/cli/options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/suggest.h"

#define OPTIONS_MAX 48
#define HELP_COLUMN 26

static void print_words(const char *(*nth)(size_t i))
{
	const char *word;

	printf("%*s(", HELP_COLUMN, "");
	for (size_t i = 0; (word = nth(i)); i++)
		printf("%s%s", i ? ", " : "", word);
	puts(")");
}

void options_help(const struct command *command)
{
	printf("Usage: igd-harness %s [OPTION...] %s\n\n%s\n\nOptions:\n", command->name,
		command->arguments, command->description);
	for (const struct command_option *option = command->options; option->name; option++) {
		int width = printf("  --%s%s%s", option->name, option->arg ? " " : "",
			option->arg ? option->arg : "");

		printf("%*s%s\n", width < HELP_COLUMN ? HELP_COLUMN - width : 1, "", option->help);
		if (option->nth)
			print_words(option->nth);
	}
	printf("  --help%*sthis text\n", HELP_COLUMN - 8, "");
}

static bool take(const struct command_option *option, char *value)
{
	if (option->flag)
		*option->flag = true;
	else if (option->text)
		*option->text = value;
	else if (option->list->count < STRING_LIST_MAX)
		option->list->texts[option->list->count++] = value;
	else
		return false;
	return true;
}

static void no_option(const struct command *command, const char *opts)
{
	char name[SUGGEST_WORD_MAX + 1];
	struct suggestion suggestion;

	snprintf(name, sizeof(name), "%s", opts + strspn(opts, "-"));
	name[strcspn(name, "=")] = '\0';
	suggestion = suggest_for(name);
	for (const struct command_option *option = command->options; option->name; option++)
		suggest_candidate(&suggestion, option->name);
	fprintf(stderr, "igd-harness %s: no option %s%s%s; igd-harness %s --help lists them\n",
		command->name, opts, suggestion.best ? ", did you mean --" : "",
		suggestion.best ? suggestion.best : "", command->name);
}

int options_parse(const struct command *command, int argc, char **argv, int *first_r)
{
	struct option options[OPTIONS_MAX] = { { 0 } };
	int usage = command->usage_status ? command->usage_status : EXIT_USAGE;
	int count = 0, index = 0, c;

	for (; command->options[count].name && count + 2 < OPTIONS_MAX; count++)
		options[count] = (struct option){ command->options[count].name,
			command->options[count].arg ? required_argument : no_argument, NULL, 0 };
	options[count] = (struct option){ "help", no_argument, NULL, 'h' };
	opterr = 0;
	optind = 1;
	while ((c = getopt_long(argc, argv, ":h", options, &index)) != -1) {
		switch (c) {
		case 0:
			if (take(&command->options[index], optarg))
				break;
			fprintf(stderr, "igd-harness %s: --%s more than %d times\n", command->name,
				command->options[index].name, STRING_LIST_MAX);
			return usage;
		case 'h':
			options_help(command);
			return 0;
		case ':':
			fprintf(stderr,
				"igd-harness %s: %s needs an argument; igd-harness %s --help lists its options\n",
				command->name, argv[optind - 1], command->name);
			return usage;
		default:
			no_option(command, argv[optind - 1]);
			return usage;
		}
	}
	*first_r = optind;
	return -1;
}
