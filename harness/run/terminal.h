/*
 * What stdout or stderr is, for those who write for people.
 */
#ifndef IGD_RUN_TERMINAL_H
#define IGD_RUN_TERMINAL_H

#include <stdbool.h>

/* How much a command says of what it does. */
enum output_level {
	OUTPUT_SHORT,
	OUTPUT_QUIET,  /* --quiet: nothing on stdout, on stderr only warnings and errors */
	OUTPUT_VERBOSE /* --verbose */
};

/* The level for two options; --quiet has the last word. */
enum output_level output_level(bool quiet, bool verbose);

/* Is it a terminal that moves its cursor? TERM=dumb is one that does not. */
bool terminal_moves_cursor(int fd);

/* Are colours wanted there? Only at a terminal that moves its cursor, and not if NO_COLOR is set
 * and not empty (no-color.org). */
bool terminal_wants_colour(int fd);

#endif
