#include "harness/process/program.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/clock.h"
#include "src/suite.h"

/* Ended, and not reaped by the init of the container. */
static bool is_zombie(int pid)
{
	char path[64], text[512] = "";
	const char *state;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	file = fopen(path, "r");
	if (!file)
		return true;
	text[fread(text, 1, sizeof(text) - 1, file)] = 0;
	fclose(file);
	state = strrchr(text, ')');
	return state && state[1] && state[2] == 'Z';
}

static int ask(const char *script, char *line, struct problem *why)
{
	char *const argv[] = { (char *)"sh", (char *)"-c", (char *)script, NULL };

	why->text[0] = 0;
	return program_line(argv, line, why);
}

static void the_first_line_is_given(void)
{
	char line[PROGRAM_LINE_MAX];
	struct problem why;

	CU_ASSERT_EQUAL(ask("echo one; echo two", line, &why), 0);
	CU_ASSERT_STRING_EQUAL(line, "one");
	/* Its status is not asked for: some programs print their version and fail. */
	CU_ASSERT_EQUAL(ask("echo one; exit 3", line, &why), 0);
}

static void a_program_that_prints_for_ever_is_cut(void)
{
	char line[PROGRAM_LINE_MAX];
	struct problem why;

	CU_ASSERT_EQUAL(ask("exec yes $(printf %01000d 0)", line, &why), 0);
	CU_ASSERT_EQUAL(strlen(line), PROGRAM_LINE_MAX - 1);
}

/* Asks with a limit of 300 ms; the answer must be -ETIMEDOUT, and not after the script's own end.
 */
static void is_too_late(const char *script)
{
	char *const argv[] = { (char *)"sh", (char *)"-c", (char *)script, NULL };
	uint64_t began = clock_us();
	char line[PROGRAM_LINE_MAX];
	struct problem why = { 0 };

	CU_ASSERT_EQUAL(command_line_within(argv, 300, line, &why), -ETIMEDOUT);
	CU_ASSERT(clock_us() - began < 4000000);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "within 0.3 s"));
}

static void a_program_that_does_not_end_is_too_late(void)
{
	is_too_late("sleep 8");
	is_too_late("exec >&-; sleep 8");
	is_too_late("echo QEMU emulator version 7.2.0; sleep 8");
	is_too_late("echo QEMU emulator version 7.2.0; exec >&-; sleep 8");
	is_too_late("trap '' TERM PIPE; echo QEMU; while :; do echo QEMU; sleep 1; done");
}

static void is_ended(const char *script)
{
	char line[PROGRAM_LINE_MAX];
	struct problem why = { 0 };
	int pid;

	CU_ASSERT_EQUAL(ask(script, line, &why), 0);
	pid = atoi(line);
	CU_ASSERT_FATAL(pid > 1);
	for (int i = 0; i < 100 && kill(pid, 0) == 0; i++)
		usleep(10000);
	CU_ASSERT(kill(pid, 0) < 0 || is_zombie(pid));
}

static void what_a_program_leaves_behind_is_ended(void)
{
	is_ended("sleep 60 >&- & echo $!");
	/* Without its group and its environment; it prints before the program exits. */
	is_ended("trap 'exit 0' USR1; "
		 "setsid env -i sh -c \"echo \\$\\$; kill -USR1 $$; exec sleep 60 >&-\" & "
		 "while :; do wait; done");
}

static void what_went_wrong_is_said(void)
{
	char *const missing[] = { (char *)"/nonexistent/qemu", (char *)"--version", NULL };
	char line[PROGRAM_LINE_MAX];
	struct problem why = { 0 };

	CU_ASSERT_EQUAL(program_line(missing, line, &why), -ENOENT);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "/nonexistent/qemu"));
	CU_ASSERT_EQUAL(ask("exit 1", line, &why), -EIO);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "printed nothing"));
}

static void a_program_is_found_along_the_path(void)
{
	json_t *identities = json_object(), *model;
	struct problem why = { 0 };

	CU_ASSERT_EQUAL(program_identify("sh", identities, &why), 0);
	model = json_object_get(identities, "device_model");
	CU_ASSERT_EQUAL(json_string_value(json_object_get(model, "path"))[0], '/');
	CU_ASSERT_EQUAL(json_string_length(json_object_get(model, "sha256")), 64);
	CU_ASSERT_EQUAL(program_identify("no-such-program", identities, &why), -ENOENT);
	json_decref(identities);
}

static CU_TestInfo tests[] = {
	{ "the first line is given", the_first_line_is_given },
	{ "a program that prints for ever is cut", a_program_that_prints_for_ever_is_cut },
	{ "a program that does not end is too late", a_program_that_does_not_end_is_too_late },
	{ "what a program leaves behind is ended", what_a_program_leaves_behind_is_ended },
	{ "what went wrong is said", what_went_wrong_is_said },
	{ "a program is found along the path", a_program_is_found_along_the_path },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	return suite_main("command", tests);
}
