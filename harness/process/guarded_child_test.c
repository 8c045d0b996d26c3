#include "harness/process/guarded_child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/suite.h"

static char out[256];

/* Runs a line of shell; what it printed is in `out`. */
static struct guarded_child_end shell(const char *line, unsigned int limit_s)
{
	char *const argv[] = { (char *)"sh", (char *)"-c", (char *)line, NULL };
	char *const environment[] = { (char *)"WORD=spoken", (char *)"PATH=/usr/bin:/bin", NULL };
	struct guarded_child_end end = { CHILD_EXITED, -1 };
	struct problem why = { 0 };
	FILE *file = tmpfile();
	size_t n;

	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	CU_ASSERT_EQUAL(guarded_child_run(&(struct guarded_child_spec){ argv, environment, "/",
						  fileno(file), limit_s },
				&end, &why),
		0);
	rewind(file);
	n = fread(out, 1, sizeof(out) - 1, file);
	out[n] = 0;
	fclose(file);
	return end;
}

static void it_ends_by_itself(void)
{
	struct guarded_child_end end = shell("echo $WORD; pwd; cat; exit 7", 0);

	CU_ASSERT_EQUAL(end.how, CHILD_EXITED);
	CU_ASSERT_EQUAL(end.number, 7);
	CU_ASSERT_STRING_EQUAL(out, "spoken\n/\n");
	end = shell("kill -9 $$", 0);
	CU_ASSERT_EQUAL(end.how, CHILD_SIGNALLED);
	CU_ASSERT_EQUAL(end.number, 9);
	/* Another group than ours: Ctrl-C at the terminal is not its business. */
	shell("ps -o pgid= -p $$", 0);
	CU_ASSERT(atoi(out) > 0 && atoi(out) != getpgrp());
}

static void what_cannot_be_executed_says_so(void)
{
	char *const argv[] = { (char *)"/nowhere/at-all", NULL };
	struct guarded_child_end end = { 0 };
	struct problem why = { 0 };

	CU_ASSERT_EQUAL(guarded_child_run(
				&(struct guarded_child_spec){ argv, NULL, NULL, 2, 0 }, &end, &why),
		0);
	CU_ASSERT_EQUAL(end.how, CHILD_EXITED);
	CU_ASSERT_EQUAL(end.number, 127);
}

/* Is a process alive that is no zombie? */
static bool lives(pid_t pid)
{
	char path[64], state = 'X';
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	file = fopen(path, "re");
	if (!file)
		return false;
	if (fscanf(file, "%*d %*s %c", &state) != 1)
		state = 'X';
	fclose(file);
	return state != 'Z' && state != 'X';
}

static void the_whole_group_ends_at_the_limit(void)
{
	struct guarded_child_end end = shell("sleep 1000 & echo $!; wait", 1);

	CU_ASSERT_EQUAL(end.how, CHILD_LATE);
	CU_ASSERT(atoi(out) > 0);
	CU_ASSERT_FALSE(lives(atoi(out)));
}

static void nothing_is_left_in_the_background(void)
{
	struct guarded_child_end end = shell("sleep 1000 & echo $!", 0);

	CU_ASSERT_EQUAL(end.how, CHILD_EXITED);
	CU_ASSERT_EQUAL(end.number, 0);
	CU_ASSERT(atoi(out) > 0);
	CU_ASSERT_FALSE(lives(atoi(out)));
}

/* Ends, by `signal`, a process that runs a long command; the command's number comes by a pipe. */
static void ended_by(int signal)
{
	int ends[2], status = 0;
	char text[32] = "";
	pid_t asker, command;

	CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
	asker = fork();
	if (asker == 0) {
		char *const argv[] = { (char *)"sh", (char *)"-c", (char *)"echo $$; sleep 1000",
			NULL };
		struct guarded_child_end end = { 0 };
		struct problem why = { 0 };

		close(ends[0]);
		guarded_child_catch_signals();
		guarded_child_run(
			&(struct guarded_child_spec){ argv, NULL, NULL, ends[1], 0 }, &end, &why);
		_exit(end.how == CHILD_STOPPED && guarded_child_interrupted() == signal ? 0 : 1);
	}
	close(ends[1]);
	CU_ASSERT(read(ends[0], text, sizeof(text) - 1) > 0);
	command = atoi(text);
	CU_ASSERT(lives(command));
	kill(asker, signal);
	waitpid(asker, &status, 0);
	if (signal == SIGKILL)
		CU_ASSERT(WIFSIGNALED(status));
	if (signal != SIGKILL)
		CU_ASSERT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	/* The pipe's other end is the command's and its guard's alone: it closes with the last. */
	CU_ASSERT_EQUAL(read(ends[0], text, sizeof(text)), 0);
	CU_ASSERT_FALSE(lives(command));
	close(ends[0]);
}

static void it_does_not_outlive_who_asked(void)
{
	ended_by(SIGTERM);
	ended_by(SIGINT);
	ended_by(SIGKILL);
}

static void what_it_says_has_a_bound(void)
{
	char *const argv[] = { (char *)"yes", NULL };
	char *const brief[] = { (char *)"sh", (char *)"-c",
		(char *)"echo one; echo two >&2; exit 3", NULL };
	struct problem why = { 0 };
	char *said = NULL;

	CU_ASSERT_EQUAL(guarded_child_output(argv, 100, &said, &why), -EFBIG);
	CU_ASSERT_PTR_NULL(said);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "yes prints more than"));
	CU_ASSERT_EQUAL(guarded_child_output(brief, 100, &said, &why), 3);
	CU_ASSERT_STRING_EQUAL(said, "one\ntwo\n");
	free(said);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "it ends by itself", it_ends_by_itself },
		{ "what cannot be executed says so", what_cannot_be_executed_says_so },
		{ "the whole group ends at the limit", the_whole_group_ends_at_the_limit },
		{ "nothing is left in the background", nothing_is_left_in_the_background },
		{ "it does not outlive who asked", it_does_not_outlive_who_asked },
		{ "what it says has a bound", what_it_says_has_a_bound },
		CU_TEST_INFO_NULL,
	};

	return suite_main("bisect_child", tests);
}
