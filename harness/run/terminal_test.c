#include <fcntl.h>
#include <pty.h>
#include <stdlib.h>
#include <unistd.h>

#include "harness/run/terminal.h"
#include "src/suite.h"

/* no-color.org: "when present and not an empty string (regardless of its value)". */
static void a_terminal_has_colours_unless_the_user_wants_none(void)
{
	static const struct {
		const char *term, *no_colour;
		bool moves, colour;
	} cases[] = {
		{ "xterm", NULL, true, true },
		{ "xterm", "", true, true },
		{ "xterm", "1", true, false },
		{ "xterm", "0", true, false },
		{ NULL, NULL, true, true },
		{ "dumb", NULL, false, false },
		{ "dumb", "1", false, false },
	};
	int master, slave;

	CU_ASSERT_EQUAL_FATAL(openpty(&master, &slave, NULL, NULL, NULL), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		unsetenv("TERM");
		unsetenv("NO_COLOR");
		if (cases[i].term)
			setenv("TERM", cases[i].term, 1);
		if (cases[i].no_colour)
			setenv("NO_COLOR", cases[i].no_colour, 1);
		CU_ASSERT_EQUAL(terminal_moves_cursor(slave), cases[i].moves);
		CU_ASSERT_EQUAL(terminal_wants_colour(slave), cases[i].colour);
	}
	close(master);
	close(slave);
}

static void what_is_no_terminal_has_no_colours(void)
{
	int ends[2], null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	setenv("TERM", "xterm", 1);
	unsetenv("NO_COLOR");
	CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
	CU_ASSERT_FALSE(terminal_wants_colour(ends[1]));
	CU_ASSERT_FALSE(terminal_wants_colour(null));
	CU_ASSERT_FALSE(terminal_wants_colour(-1));
	CU_ASSERT_FALSE(terminal_moves_cursor(ends[1]));
	close(ends[0]);
	close(ends[1]);
	close(null);
}

static void quiet_has_the_last_word(void)
{
	CU_ASSERT_EQUAL(output_level(false, false), OUTPUT_SHORT);
	CU_ASSERT_EQUAL(output_level(false, true), OUTPUT_VERBOSE);
	CU_ASSERT_EQUAL(output_level(true, false), OUTPUT_QUIET);
	CU_ASSERT_EQUAL(output_level(true, true), OUTPUT_QUIET);
}

static CU_TestInfo tests[] = {
	{ "a terminal has colours unless the user wants none",
		a_terminal_has_colours_unless_the_user_wants_none },
	{ "what is no terminal has no colours", what_is_no_terminal_has_no_colours },
	{ "quiet has the last word", quiet_has_the_last_word },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	return suite_main("terminal", tests);
}
