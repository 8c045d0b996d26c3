#include <stdio.h>

#include "harness/base/escape.h"
#include "harness/cli/commands.h"
#include "harness/cli/fail.h"
#include "harness/config/config.h"

static const struct command_option options[] = {
	{ NULL },
};

static void print_value(const struct config_entry *entry)
{
	const char *between = "";

	for (const struct yaml_node *item = yaml_first_item(entry->value); item;
		item = yaml_next_item(entry->value, item)) {
		fputs(between, stdout);
		escape_text(stdout, item->text);
		between = ", ";
	}
}

static void print_entry(const struct config_entry *entry)
{
	if (entry->command) {
		escape_text(stdout, entry->command);
		fputs(" --", stdout);
	} else {
		fputs("host ", stdout);
	}
	escape_text(stdout, entry->name);
	fputs(" = ", stdout);
	print_value(entry);
	for (const struct yaml_node *item = config_first_label(entry); item;
		item = yaml_next_item(entry->labels, item)) {
		fputs(item == config_first_label(entry) ? ", labels " : " ", stdout);
		escape_text(stdout, item->text);
	}
	if (entry->known_good_cell) {
		fputs(", known good ", stdout);
		escape_text(stdout, entry->known_good_matrix);
		putchar(' ');
		escape_text(stdout, entry->known_good_cell);
	}
	fputs("  # ", stdout);
	escape_text(stdout, entry->file);
	printf(":%d\n", entry->place.line);
}

static int run(int argc, char **argv)
{
	struct problem why = { 0 };
	struct config config;
	int r;

	if (argc != 0) {
		problem_set(&why, 0, "this command has no arguments");
		return command_fail(&command_config, EXIT_USAGE, &why);
	}
	r = config_load(&config, &why);
	if (r < 0) {
		config_free(&config);
		return command_fail(&command_config, exit_status_of(r), &why);
	}
	for (size_t i = 0; i < CONFIG_FILES; i++) {
		if (!config.files[i].path)
			continue;
		fputs("# ", stdout);
		escape_text(stdout, config.files[i].path);
		puts(config.files[i].read ? "" : ": there is no such file");
	}
	for (size_t i = 0; i < config.count; i++)
		print_entry(&config.entries[i]);
	config_free(&config);
	return 0;
}

const struct command command_config = {
	.name = "config",
	.arguments = "",
	.summary = "what the configuration files say, and where",
	.description =
		"Prints the configuration files that are read, each host that they name, and each\n"
		"default of an option, with its file and line. docs/use/config.md describes the\n"
		"files. An option on the command line counts before one in a file. Exit status: 0;\n"
		"2 if a file is wrong.",
	.options = options,
	.run = run,
};
