#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "harness/build_version.h"
#include "harness/commands.h"
#include "harness/help.h"

const struct command *const commands[] = { &command_plan, &command_run, &command_resume,
	&command_cell, &command_judge, &command_diff, &command_compare, &command_qualify,
	&command_merge, &command_bisect, &command_bisect_step, &command_lava_job, &command_bundle,
	&command_prune, &command_host, &command_abi, &command_help, NULL };

int command_fail(const struct command *command, int status, const struct problem *why)
{
	fprintf(stderr, "igd-harness %s: %s\n", command->name,
		why->text[0] ? why->text : "out of memory");
	return status;
}

int command_status(int error)
{
	switch (-error) {
	case EINVAL:
	case ENOENT:
	case EEXIST:
	case EPROTO:
	case ENOTDIR:
		return EXIT_USAGE;
	default:
		return EXIT_NO_ANSWER;
	}
}

int main(int argc, char **argv)
{
	struct problem why = { 0 };

	build_version_set(build_id);
	if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
		help_text(stdout);
		return argc < 2 ? EXIT_USAGE : 0;
	}
	if (strcmp(argv[1], "--version") == 0) {
		printf("igd-harness %s\n", build_version());
		return 0;
	}
	for (const struct command *const *command = commands; *command; command++) {
		int first = 0, status;

		if (strcmp(argv[1], (*command)->name) != 0)
			continue;
		status = options_parse(*command, argc - 1, argv + 1, &first);
		return status >= 0 ? status : (*command)->run(argc - 1 - first, argv + 1 + first);
	}
	help_no_command(argv[1], &why);
	fprintf(stderr, "igd-harness: %s\n", why.text);
	return EXIT_USAGE;
}
