/* How a command ends that cannot do what was asked. */
#ifndef IGD_CLI_FAIL_H
#define IGD_CLI_FAIL_H

#include "harness/base/exit_status.h"
#include "harness/cli/options.h"
#include "src/problem.h"

/* Prints `igd-harness NAME: sentence` to stderr and returns `status`. */
int command_fail(const struct command *command, int status, const struct problem *why);

/*
 * For main(), before and after any command. command_begin() makes an error of SIGXFSZ, which would
 * kill without a sentence, and keeps the numbers of closed standard files from other files.
 * command_end() flushes stdout; if something could not be written there it says so and returns
 * EXIT_NO_ANSWER, else `status`. `name` is that of the command, or "".
 */
void command_begin(void);
int command_end(const char *name, int status);

/*
 * The exit status for a negative errno: EXIT_USAGE if a bad file or option caused it, else
 * EXIT_NO_ANSWER.
 */
int exit_status_of(int error);

#endif
