/*
 * What the program says of itself: --help, the manual pages and bash's completion, all from the
 * tables of commands, options, back ends and formats. So none of them can lack an option.
 */
#ifndef IGD_CLI_HELP_H
#define IGD_CLI_HELP_H

#include <stdio.h>

#include "harness/cli/options.h"
#include "src/problem.h"

/*
 * The text of `igd-harness --help`. `all` is here and below the table of the commands, which ends
 * with NULL.
 */
void help_text(const struct command *const *all, FILE *stream);

/* A manual page in man(7): of a command, or of the program if `command` is NULL. */
void help_man(const struct command *const *all, const struct command *command, FILE *stream);

/* The completion for bash. */
void help_bash(const struct command *const *all, FILE *stream);

/* Returns the command of that name, or NULL with a sentence that names the one that was meant. */
const struct command *help_command(
	const struct command *const *all, const char *name, struct problem *why);

/* The sentence alone. */
void help_no_command(const struct command *const *all, const char *name, struct problem *why);

/* What the program is for, in words that all of them say. */
extern const char help_about[];

/* Exit statuses, options, variables, installed files; each table ends with a NULL name. */
struct help_term {
	const char *name, *meaning;
};
extern const struct help_term help_statuses[];
extern const struct help_term help_options[];
extern const struct help_term help_environment[];
extern const struct help_term help_files[];

#endif
