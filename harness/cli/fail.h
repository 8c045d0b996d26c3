/* How a command ends that cannot do what was asked. */
#ifndef IGD_CLI_FAIL_H
#define IGD_CLI_FAIL_H

#include "harness/base/exit_status.h"
#include "harness/cli/options.h"
#include "src/problem.h"

/* Prints `igd-harness NAME: sentence` to stderr and returns `status`. */
int command_fail(const struct command *command, int status, const struct problem *why);

/*
 * The exit status for a negative errno: EXIT_USAGE if a bad file or option caused it, else
 * EXIT_NO_ANSWER.
 */
int exit_status_of(int error);

#endif
