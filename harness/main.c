#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "harness/backend.h"
#include "harness/commands.h"

const struct command *const commands[] = { &command_plan, &command_run, &command_resume,
	&command_judge, &command_diff, &command_bundle, &command_prune, &command_host, NULL };

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

static int help(void)
{
	puts("Usage: igd-harness COMMAND [OPTION...] [ARGUMENT...]\n\n"
	     "Starts Xen HVM guests under each machine configuration of a matrix, asks an agent in\n"
	     "the guest what it sees, and judges that against what is expected.\n\nCommands:");
	for (const struct command *const *command = commands; *command; command++)
		printf("  %-8s %s\n", (*command)->name, (*command)->summary);
	puts("\nBack ends:");
	for (const struct backend_entry *entry = backend_entries; entry->name; entry++)
		printf("  %-8s %s\n", entry->name, entry->about);
	puts("\nExit status: 0 all as expected, 1 a deviation, 2 usage, 3 the lab, the host or the\n"
	     "test failed. `igd-harness COMMAND --help` tells more.");
	return 0;
}

int main(int argc, char **argv)
{
	if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
		strcmp(argv[1], "help") == 0) {
		help();
		return argc < 2 ? EXIT_USAGE : 0;
	}
	if (strcmp(argv[1], "--version") == 0) {
		puts("igd-harness " IGD_VERSION);
		return 0;
	}
	for (const struct command *const *command = commands; *command; command++) {
		int first = 0, status;

		if (strcmp(argv[1], (*command)->name) != 0)
			continue;
		status = options_parse(*command, argc - 1, argv + 1, &first);
		return status >= 0 ? status : (*command)->run(argc - 1 - first, argv + 1 + first);
	}
	fprintf(stderr, "igd-harness: no command \"%s\"; igd-harness --help lists them\n", argv[1]);
	return EXIT_USAGE;
}
