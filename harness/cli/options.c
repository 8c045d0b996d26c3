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

bool options_ask_help(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			return true;
	return false;
}

static bool take(const struct command_option *option, char *value)
{
	if (option->flag)
		*option->flag = true;
	else if (option->value)
		*option->text = option->value;
	else if (option->text)
		*option->text = value;
	else if (option->list->are_defaults)
		*option->list = (struct string_list){ .texts = { value }, .count = 1 };
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

/* What is expected, of which cells, and with what a run is compared. */
static const char *const deciding[] = { "matrix", "known", "patterns", "select", "exclude", "where",
	"tag", "cells", "repeat", "shard", "baseline", "history", "signature", NULL };

static const struct command_option *option_of(const struct command *command, const char *name)
{
	for (const struct command_option *option = command->options; option->name; option++) {
		if (strcmp(option->name, name) == 0)
			return option;
	}
	return NULL;
}

static const struct command *command_of(const struct command *const *all, const char *name)
{
	for (; *all; all++) {
		if (strcmp((*all)->name, name) == 0)
			return *all;
	}
	return NULL;
}

static int check_value(const struct yaml_source *source, const struct config_entry *entry,
	const struct command_option *option)
{
	const struct yaml_node *value = entry->value;

	if (!option->arg) {
		if (value->kind != YAML_SCALAR || !value->plain || strcmp(value->text, "true") != 0)
			return yaml_wrong(source, value->place,
				"--%s is a switch: write true, or leave it out", entry->name);
		return 0;
	}
	if (value->kind == YAML_LIST && !option->list)
		return yaml_wrong(source, value->place, "--%s has one value, and no list of them",
			entry->name);
	if (value->kind == YAML_LIST && value->count > STRING_LIST_MAX)
		return yaml_wrong(source, value->place, "--%s has more than %d values", entry->name,
			STRING_LIST_MAX);
	return 0;
}

static int check_entry(
	const struct command *const *all, const struct config_entry *entry, struct problem *why)
{
	const struct yaml_source source = { entry->file, "docs/use/config.md", why };
	const struct command *command = command_of(all, entry->command);
	const struct command_option *option = command ? option_of(command, entry->name) : NULL;

	if (!command)
		return yaml_wrong(&source, entry->command_place,
			"there is no command \"%.60s\"; igd-harness --help lists them",
			entry->command);
	if (!option)
		return yaml_wrong(&source, entry->place,
			"%s has no option \"%.60s\"; igd-harness %s --help lists them",
			entry->command, entry->name, entry->command);
	for (const char *const *name = deciding; *name; name++) {
		if (strcmp(*name, entry->name) == 0)
			return yaml_wrong(&source, entry->place,
				"--%s decides verdicts, so it has no default in a file: give it on "
				"the command line",
				entry->name);
	}
	return check_value(&source, entry, option);
}

int options_check(
	const struct command *const *all, const struct config *config, struct problem *why)
{
	int r = 0;

	for (size_t i = 0; i < config->count && r == 0; i++)
		if (config->entries[i].command)
			r = check_entry(all, &config->entries[i], why);
	return r;
}

void options_configure(const struct command *command, const struct config *config)
{
	for (size_t i = 0; i < config->count; i++) {
		const struct config_entry *entry = &config->entries[i];
		const struct command_option *option;

		if (!entry->command || strcmp(entry->command, command->name) != 0)
			continue;
		option = option_of(command, entry->name);
		for (const struct yaml_node *item = yaml_first_item(entry->value); item && option;
			item = yaml_next_item(entry->value, item))
			take(option, item->text);
		if (option && option->list)
			option->list->are_defaults = true;
	}
}

void options_name_host(const struct command *command, const struct config *config)
{
	const struct command_option *option = option_of(command, "dut");
	const char *host = option && *option->text ? config_host(config, *option->text) : NULL;

	if (host)
		*option->text = host;
}
