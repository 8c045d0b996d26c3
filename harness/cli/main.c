#include <stdio.h>
#include <string.h>

#include "harness/base/build_version.h"
#include "harness/base/exit_status.h"
#include "harness/cli/commands.h"
#include "harness/cli/fail.h"
#include "harness/cli/help.h"
#include "harness/config/config.h"

/* argv[0] is the name of the command. Returns the exit status. */
static int run_with(
	const struct command *command, const struct config *config, int argc, char **argv)
{
	int first = 0, status;

	options_configure(command, config);
	status = options_parse(command, argc, argv, &first);
	if (status >= 0)
		return status;
	options_name_host(command, config);
	argc -= first;
	argv += first;
	return command->run_of_all ? command->run_of_all(commands, argc, argv)
				   : command->run(argc, argv);
}

static int run(const struct command *command, int argc, char **argv)
{
	struct problem why = { 0 };
	struct config config = { 0 };
	int r = 0, status;

	if (!command->run_of_all)
		r = config_load(&config, &why);
	if (r == 0)
		r = options_check(commands, &config, &why);
	if (r < 0 && options_ask_help(argc, argv)) {
		options_help(command);
		status = 0;
	} else if (r < 0) {
		status = command->usage_status ? command->usage_status : exit_status_of(r);
		command_fail(command, status, &why);
	} else {
		status = run_with(command, &config, argc, argv);
	}
	config_free(&config);
	return status;
}

/* *name_r is the command's, or "". */
static int choose(int argc, char **argv, const char **name_r)
{
	struct problem why = { 0 };

	if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
		help_text(commands, stdout);
		return argc < 2 ? EXIT_USAGE : 0;
	}
	if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
		printf("igd-harness %s\n", build_version());
		return 0;
	}
	for (const struct command *const *command = commands; *command; command++) {
		if (strcmp(argv[1], (*command)->name) == 0) {
			*name_r = (*command)->name;
			return run(*command, argc - 1, argv + 1);
		}
	}
	help_no_command(commands, argv[1], &why);
	fprintf(stderr, "igd-harness: %s\n", why.text);
	return EXIT_USAGE;
}

int main(int argc, char **argv)
{
	const char *name = "";
	int status;

	build_version_set(build_id);
	command_begin();
	status = choose(argc, argv, &name);
	return command_end(name, status);
}
