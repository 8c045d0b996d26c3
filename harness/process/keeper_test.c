/* Programs that leave something, and how it is ended. */
#include "harness/process/keeper.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/suite.h"

/* A program in a session of its own and without environment prints its number and stays. */
#define LEAVES_ONE "setsid env -i sh -c 'echo $$; exec >&- sleep 600' & "

/* Starts sh -c SCRIPT; what it prints is read from *said_r. */
static struct keeper start(const char *script, int *said_r)
{
	char *const argv[] = { (char *)"sh", (char *)"-c", (char *)script, NULL };
	struct keeper keeper = KEEPER_NONE;
	int ends[2];

	CU_ASSERT_EQUAL_FATAL(pipe2(ends, O_CLOEXEC), 0);
	CU_ASSERT_EQUAL_FATAL(keeper_start(argv,
				      &(struct child_parts){ .fds = (int[]){ -1, ends[1], 2 },
					      .fds_count = 3,
					      .death_signal = SIGKILL },
				      &keeper),
		0);
	close(ends[1]);
	*said_r = ends[0];
	return keeper;
}

/* A number that the program prints. */
static pid_t read_number(int fd)
{
	char text[32] = "";
	size_t used = 0;

	while (used + 1 < sizeof(text) && !strchr(text, '\n') && read(fd, text + used, 1) == 1)
		used++;
	CU_ASSERT_FATAL(atoi(text) > 1);
	return (pid_t)atoi(text);
}

/* Is it gone, at the latest five seconds from now? A zombie of somebody else's counts as gone. */
static bool ends(pid_t pid)
{
	for (int i = 0; i < 500; i++) {
		char path[64], state = 'X';
		FILE *file;

		snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
		file = fopen(path, "re");
		if (file && fscanf(file, "%*d %*s %c", &state) != 1)
			state = 'X';
		if (file)
			fclose(file);
		if (state == 'X' || state == 'Z')
			return true;
		usleep(10000);
	}
	return false;
}

static void the_end_is_told(void)
{
	struct keeper_end end;
	int said;
	struct keeper keeper = start("exit 7", &said);

	keeper_finish(&keeper, false, &end);
	CU_ASSERT_EQUAL(end.code, CLD_EXITED);
	CU_ASSERT_EQUAL(end.status, 7);
	CU_ASSERT_EQUAL(end.killed, 0);
	CU_ASSERT_EQUAL(end.left, 0);
	CU_ASSERT_EQUAL(keeper.pid, -1);
	close(said);
	keeper = start("kill -USR1 $$", &said);
	keeper_finish(&keeper, false, &end);
	CU_ASSERT_EQUAL(end.code, CLD_KILLED);
	CU_ASSERT_EQUAL(end.status, SIGUSR1);
	close(said);
}

static void nothing_is_told_before(void)
{
	struct pollfd fd = { .events = POLLIN };
	struct keeper_end end;
	int said;
	struct keeper keeper = start("echo $$; exec sleep 600", &said);
	pid_t pid = read_number(said);

	fd.fd = keeper.fd;
	CU_ASSERT_EQUAL(poll(&fd, 1, 0), 0);
	keeper_kill(&keeper);
	keeper_finish(&keeper, false, &end);
	CU_ASSERT_EQUAL(end.code, CLD_KILLED);
	CU_ASSERT_EQUAL(end.status, SIGKILL);
	CU_ASSERT(ends(pid));
	close(said);
}

/* By its group and its environment nobody would find it. */
static void what_is_left_is_killed_and_named(void)
{
	struct keeper_end end;
	int said;
	struct keeper keeper = start(LEAVES_ONE "wait", &said);
	pid_t left = read_number(said);

	keeper_kill(&keeper);
	keeper_finish(&keeper, false, &end);
	CU_ASSERT(ends(left));
	CU_ASSERT_EQUAL(end.killed, 1);
	CU_ASSERT_EQUAL(end.left, 0);
	CU_ASSERT_EQUAL(end.noted[0].pid, left);
	CU_ASSERT(strcmp(end.noted[0].name, "sleep") == 0 || strcmp(end.noted[0].name, "sh") == 0);
	close(said);
	keeper = start(LEAVES_ONE "sleep 0.2; exit 3", &said);
	left = read_number(said);
	keeper_finish(&keeper, false, &end);
	CU_ASSERT_EQUAL(end.code, CLD_EXITED);
	CU_ASSERT_EQUAL(end.status, 3);
	CU_ASSERT_EQUAL(end.killed, 1);
	CU_ASSERT(ends(left));
	close(said);
}

/* Each of a chain has left the one before; and a crowd, of which only the number is told. */
static void whole_families_are_killed(void)
{
	struct keeper_end end;
	int said;
	struct keeper keeper = start(
		"setsid sh -c 'setsid sh -c \"setsid sleep 600 & echo \\$!; exec sleep 600\" & "
		"exec sleep 600' & wait",
		&said);
	pid_t last = read_number(said);

	keeper_finish(&keeper, true, &end);
	CU_ASSERT(ends(last));
	CU_ASSERT_EQUAL(end.left, 0);
	close(said);
	keeper = start("i=0; while [ $i -lt 20 ]; do i=$((i + 1)); "
		       "setsid sh -c 'echo $$; exec sleep 600' & done; wait",
		&said);
	/* Each has left the process group when it prints. */
	for (int i = 0; i < 20; i++)
		last = read_number(said);
	keeper_finish(&keeper, true, &end);
	CU_ASSERT(ends(last));
	CU_ASSERT(end.killed > KEEPER_NOTED_MAX);
	CU_ASSERT_EQUAL(end.left, 0);
	CU_ASSERT(end.noted[KEEPER_NOTED_MAX - 1].pid > 1);
	close(said);
}

/* Has the process a pipe open, still a second from now? */
static bool has_a_pipe(pid_t pid)
{
	bool found = true;

	for (int i = 0; found && i < 100; i++) {
		found = false;
		for (int fd = 0; fd < 64; fd++) {
			char path[64], target[16] = "";

			snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)pid, fd);
			if (readlink(path, target, sizeof(target) - 1) > 0 &&
				strncmp(target, "pipe:", 5) == 0)
				found = true;
		}
		if (found)
			usleep(10000);
	}
	return found;
}

/* SIGKILL of the process that started it; the keeper holds none of its files meanwhile. */
static void nothing_outlives_who_asked(void)
{
	int tell[2], status = 0;
	pid_t numbers[2] = { 0 }, caller;

	CU_ASSERT_EQUAL_FATAL(pipe2(tell, O_CLOEXEC), 0);
	caller = fork();
	if (caller == 0) {
		int said;
		struct keeper keeper = start(LEAVES_ONE "wait", &said);

		numbers[0] = read_number(said);
		numbers[1] = keeper.pid;
		if (write(tell[1], numbers, sizeof(numbers)) < 0)
			_exit(1);
		pause();
		_exit(0);
	}
	CU_ASSERT_EQUAL_FATAL(read(tell[0], numbers, sizeof(numbers)), (ssize_t)sizeof(numbers));
	CU_ASSERT_EQUAL(kill(numbers[0], 0), 0);
	CU_ASSERT_FALSE(has_a_pipe(numbers[1]));
	kill(caller, SIGKILL);
	CU_ASSERT_EQUAL(waitpid(caller, &status, 0), caller);
	CU_ASSERT(ends(numbers[0]));
	CU_ASSERT(ends(numbers[1]));
	close(tell[0]);
	close(tell[1]);
}

static void a_killed_keeper_is_no_end_of_the_program(void)
{
	struct keeper_end end;
	int said;
	struct keeper keeper = start("echo $$; exec sleep 600", &said);
	pid_t pid = read_number(said);

	kill(keeper.pid, SIGKILL);
	keeper_finish(&keeper, false, &end);
	CU_ASSERT_EQUAL(end.code, 0);
	CU_ASSERT(ends(pid)); /* its death signal */
	close(said);
}

static CU_TestInfo tests[] = {
	{ "the end is told", the_end_is_told },
	{ "nothing is told before", nothing_is_told_before },
	{ "what is left is killed and named", what_is_left_is_killed_and_named },
	{ "whole families are killed", whole_families_are_killed },
	{ "nothing outlives who asked", nothing_outlives_who_asked },
	{ "a killed keeper is no end of the program", a_killed_keeper_is_no_end_of_the_program },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	return suite_main("keeper", tests);
}
