/* The commands; each is one file, cmd_NAME.c. */
#ifndef IGD_COMMANDS_H
#define IGD_COMMANDS_H

#include "harness/options.h"
#include "src/problem.h"

extern const struct command command_plan;
extern const struct command command_run;
extern const struct command command_resume;
extern const struct command command_cell;
extern const struct command command_judge;
extern const struct command command_diff;
extern const struct command command_lava_job;
extern const struct command command_merge;
extern const struct command command_bisect;
extern const struct command command_bisect_step;
extern const struct command command_compare;
extern const struct command command_qualify;
extern const struct command command_bundle;
extern const struct command command_prune;
extern const struct command command_host;
extern const struct command command_abi;
extern const struct command command_help;

/* All of them, for main() and --help; ends with NULL. */
extern const struct command *const commands[];

/* Says `igd-harness NAME: sentence` on stderr and returns `status`. */
int command_fail(const struct command *command, int status, const struct problem *why);

/*
 * The exit status for an errno that a bad file or option gave (EXIT_USAGE), or anything else
 * (EXIT_NO_ANSWER).
 */
int command_status(int error);

#endif
