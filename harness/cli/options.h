/*
 * Options of the commands: one table each, from which the parsing and --help are made.
 */
#ifndef IGD_CLI_OPTIONS_H
#define IGD_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/exit_status.h"
#include "harness/base/string_list.h"
#include "harness/config/config.h"
#include "src/problem.h"

struct command_option {
	const char *name; /* without the dashes; NULL ends a table */
	const char *arg;  /* name of its argument, or NULL for a flag */
	const char *help;
	/* Where it goes: one of these is set. */
	const char **text;
	bool *flag;
	struct string_list *list;
	/* Of a switch that stands for a value: what *text becomes. */
	const char *value;
	/* The words it takes, by number, NULL behind the last; NULL: any word. */
	const char *(*nth)(size_t i);
};

struct command {
	const char *name; /* NULL ends the table */
	const char *arguments;
	const char *summary; /* one line */
	const char *description;
	const struct command_option *options;
	/* Runs the command; argv holds the arguments only. Returns the exit status. */
	int (*run)(int argc, char **argv);
	/* Instead of run, for `help`: the same with the table of all commands. It reads no
	 * configuration. */
	int (*run_of_all)(const struct command *const *all, int argc, char **argv);
	int usage_status; /* exit status of wrong usage; 0: EXIT_USAGE */
};

/*
 * Parses argv (argv[0] is the command's name) into the table's places; permutes the arguments to
 * argv[*first_r] and on. Returns -1 to go on, or the exit status when the command is to end: 0
 * after --help, that of wrong usage after a sentence on stderr.
 */
int options_parse(const struct command *command, int argc, char **argv, int *first_r);

void options_help(const struct command *command);

/*
 * Is --help among argv (argv[0] is the command's name)? For a command that cannot parse argv, since
 * the configuration is wrong.
 */
bool options_ask_help(int argc, char **argv);

/*
 * Checks that each default in the configuration is of a command and an option that there are, has a
 * value of its kind, and does not decide verdicts: what is expected, and of which cells, is said on
 * the command line alone. Returns 0, or -EINVAL with "FILE:LINE:COLUMN: sentence".
 */
int options_check(
	const struct command *const *all, const struct config *config, struct problem *why);

/* Sets the command's options to the defaults, before options_parse(). They are borrowed from the
 * configuration. */
void options_configure(const struct command *command, const struct config *config);

/* Puts what the configuration has for a host in the place of its name, after options_parse(). */
void options_name_host(const struct command *command, const struct config *config);

#endif
