#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "harness/cli/commands.h"
#include "harness/cli/fail.h"
#include "harness/cli/help.h"

static struct {
	const char *format;
} opts = { .format = "text" };

static const char *format_name(size_t i)
{
	static const char *const names[] = { "text", "man", "bash", NULL };

	return i < sizeof(names) / sizeof(names[0]) ? names[i] : NULL;
}

static const struct command_option options[] = {
	{ "format", "NAME", "text (default), a manual page, or bash's completion",
		.text = &opts.format, .nth = format_name },
	{ NULL },
};

static int run(const struct command *const *all, int argc, char **argv)
{
	const struct command *command = NULL;
	struct problem why = { 0 };

	if (argc > 1)
		problem_set(&why, 0, "name one command, or none");
	else if (argc == 1)
		command = help_command(all, argv[0], &why);
	if (why.text[0])
		return command_fail(&command_help, EXIT_USAGE, &why);
	if (strcmp(opts.format, "man") == 0) {
		help_man(all, command, stdout);
	} else if (strcmp(opts.format, "bash") == 0) {
		help_bash(all, stdout);
	} else if (strcmp(opts.format, "text") != 0) {
		problem_set(&why, 0, "no format \"%.100s\"; igd-harness help --help lists them",
			opts.format);
		return command_fail(&command_help, EXIT_USAGE, &why);
	} else if (command) {
		options_help(command);
	} else {
		help_text(all, stdout);
	}
	return 0;
}

const struct command command_help = {
	.name = "help",
	.arguments = "[COMMAND]",
	.summary = "print the list of commands, or the help of one",
	.description =
		"Prints what igd-harness --help prints or, with a COMMAND, what COMMAND --help\n"
		"prints. The build makes the manual pages and the bash completion with this command.",
	.options = options,
	.run_of_all = run,
};
