#include "harness/run/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum output_level output_level(bool quiet, bool verbose)
{
	if (quiet)
		return OUTPUT_QUIET;
	return verbose ? OUTPUT_VERBOSE : OUTPUT_SHORT;
}

bool terminal_moves_cursor(int fd)
{
	const char *term = getenv("TERM");

	return isatty(fd) == 1 && !(term && strcmp(term, "dumb") == 0);
}

bool terminal_wants_colour(int fd)
{
	const char *no_colour = getenv("NO_COLOR");

	return terminal_moves_cursor(fd) && !(no_colour && no_colour[0]);
}
