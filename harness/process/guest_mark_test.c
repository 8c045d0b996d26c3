/* A wrapper that leaves its program running, and what of the environment the program sees. */
#include "harness/process/guest_mark.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/process/child.h"
#include "src/suite.h"

/* Starts sh -c SCRIPT as a guest with that mark; what it prints is read from *said_r. */
static pid_t start(const char *script, const struct guest_mark *mark, int *said_r)
{
	char *const argv[] = { (char *)"sh", (char *)"-c", (char *)script, NULL };
	char **environment = guest_environment(mark);
	int ends[2];
	pid_t pid;

	CU_ASSERT_PTR_NOT_NULL_FATAL(environment);
	CU_ASSERT_EQUAL_FATAL(pipe2(ends, O_CLOEXEC), 0);
	pid = fork();
	CU_ASSERT_FATAL(pid >= 0);
	if (pid == 0)
		child_become(argv, &(struct child_parts){ .fds = (int[]){ -1, ends[1], 2 },
					   .fds_count = 3,
					   .death_signal = SIGKILL,
					   .environment = environment });
	close(ends[1]);
	free(environment);
	*said_r = ends[0];
	return pid;
}

static size_t read_all(int fd, char *text, size_t size)
{
	size_t used = 0;
	ssize_t n;

	while (used + 1 < size && (n = read(fd, text + used, size - 1 - used)) > 0)
		used += (size_t)n;
	text[used] = 0;
	close(fd);
	return used;
}

static void secrets_stay_here(void)
{
	struct guest_mark mark = guest_mark_new();
	char text[16384];
	int said, status = 0;
	pid_t pid;

	setenv("CI_JOB_TOKEN", "secret", 1);
	setenv("LC_ALL", "C", 1);
	setenv("QEMU_AUDIO_DRV", "none", 1);
	setenv("PATHOLOGY", "secret", 1);
	pid = start("env", &mark, &said);
	read_all(said, text, sizeof(text));
	CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
	CU_ASSERT_PTR_NULL(strstr(text, "secret"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "LC_ALL=C\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "QEMU_AUDIO_DRV=none\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "PATH=/"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, mark.text));
	guest_environment_restrict();
	CU_ASSERT_PTR_NULL(getenv("CI_JOB_TOKEN"));
	CU_ASSERT_PTR_NULL(getenv("PATHOLOGY"));
	CU_ASSERT_PTR_NOT_NULL(getenv("PATH"));
	CU_ASSERT_PTR_NOT_NULL(getenv("IGD_TEST_KEPT"));
}

/* The process ends, or is a zombie that somebody else reaps, within five seconds. */
static bool ends(pid_t pid)
{
	for (int i = 0; i < 500; i++) {
		char path[64], stat[256] = "";
		int fd;

		snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			return true;
		if (read(fd, stat, sizeof(stat) - 1) > 0 && strstr(stat, ") Z"))
			i = 500;
		close(fd);
		if (i >= 500)
			return true;
		usleep(10000);
	}
	return false;
}

/* Starts a wrapper whose program is in a session of its own; the program's number in *program_r. */
static pid_t start_wrapper(const struct guest_mark *mark, pid_t *program_r)
{
	char text[32] = "";
	int said;
	pid_t pid = start("setsid sleep 600 & echo $!; exec >/dev/null; wait", mark, &said);

	CU_ASSERT_FATAL(read(said, text, sizeof(text) - 1) > 0);
	close(said);
	*program_r = (pid_t)strtol(text, NULL, 10);
	CU_ASSERT_FATAL(*program_r > 1);
	return pid;
}

static void a_wrapper_leaves_nothing(void)
{
	struct guest_mark mark = guest_mark_new(), other = guest_mark_new();
	json_t *leftovers = json_array();
	pid_t program, beside, pid, second;
	int status = 0;

	CU_ASSERT_STRING_NOT_EQUAL(mark.text, other.text);
	pid = start_wrapper(&mark, &program);
	second = start_wrapper(&other, &beside);
	kill(pid, SIGKILL);
	CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
	CU_ASSERT_EQUAL(kill(program, 0), 0); /* it goes on */
	guest_mark_end(&mark, leftovers);
	CU_ASSERT(ends(program));
	CU_ASSERT_EQUAL(json_array_size(leftovers), 0);
	CU_ASSERT_EQUAL(kill(beside, 0), 0); /* a different guest's */
	guest_mark_end(&other, leftovers);
	CU_ASSERT(ends(beside));
	CU_ASSERT(ends(second));
	/* What should be gone: a test that fails leaves nothing, and waits for nothing. */
	kill(program, SIGKILL);
	kill(beside, SIGKILL);
	kill(second, SIGKILL);
	CU_ASSERT_EQUAL(waitpid(second, &status, 0), second);
	json_decref(leftovers);
}

/* A harness that is killed leaves a wrapper's program, which the next one finds. */
static void a_lost_harness_is_cleaned_up_after(void)
{
	json_t *killed = json_array();
	int pipe_ends[2], status = 0;
	pid_t harness, program = 0;
	const json_t *text;
	char shown[64];
	size_t i, found = 0;

	CU_ASSERT_EQUAL_FATAL(pipe2(pipe_ends, O_CLOEXEC), 0);
	harness = fork();
	if (harness == 0) {
		struct guest_mark mark = guest_mark_new();
		pid_t wrapper = start_wrapper(&mark, &program);

		if (wrapper <= 0 || write(pipe_ends[1], &program, sizeof(program)) < 0)
			_exit(1);
		pause();
		_exit(0);
	}
	CU_ASSERT_EQUAL_FATAL(
		read(pipe_ends[0], &program, sizeof(program)), (ssize_t)sizeof(program));
	guest_mark_end_lost(killed);
	CU_ASSERT_EQUAL(kill(program, 0), 0); /* its harness is there */
	CU_ASSERT_EQUAL(json_array_size(killed), 0);
	kill(harness, SIGKILL);
	CU_ASSERT_EQUAL(waitpid(harness, &status, 0), harness);
	CU_ASSERT_EQUAL(kill(program, 0), 0);
	guest_mark_end_lost(killed);
	CU_ASSERT(ends(program));
	/* By its number: its name is that of the shell until it executes the program. */
	snprintf(shown, sizeof(shown), "process %d (", (int)program);
	json_array_foreach(killed, i, text) found +=
		strncmp(json_string_value(text), shown, strlen(shown)) == 0;
	CU_ASSERT_EQUAL(found, 1);
	json_decref(killed);
	close(pipe_ends[0]);
	close(pipe_ends[1]);
}

static CU_TestInfo tests[] = {
	{ "a program under test gets the variables of the list alone", secrets_stay_here },
	{ "a wrapper's program is killed with its guest", a_wrapper_leaves_nothing },
	{ "that of a killed harness is killed by the next", a_lost_harness_is_cleaned_up_after },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	setenv("IGD_TEST_KEPT", "1", 1);
	return suite_main("guest_mark", tests);
}
