#include "harness/cli/fail.h"

#include <errno.h>
#include <stdio.h>

int command_fail(const struct command *command, int status, const struct problem *why)
{
	fprintf(stderr, "igd-harness %s: %s\n", command->name,
		why->text[0] ? why->text : "out of memory");
	return status;
}

int exit_status_of(int error)
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
