/* A child writes little, much, and goes on after its exit: what is in the file. */
#include "harness/process/output_log.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/base/fileio.h"
#include "src/suite.h"

static char place[] = "/tmp/igd-output-XXXXXX";
static int place_fd;
static int failed_with;

static void on_unwritten(void *data, int error)
{
	failed_with = error;
}

/* Runs a shell command with its stderr in log, until it has exited. Returns the bytes of the file.
 */
static off_t run(const char *command)
{
	const struct output_log_spec spec = { place_fd, "log", on_unwritten, NULL };
	struct output_log *log = NULL;
	struct problem why = { 0 };
	sd_event *loop = NULL;
	int child_fd = -1, status = 0;
	struct stat st;
	pid_t pid;

	CU_ASSERT_FATAL(sd_event_new(&loop) >= 0);
	CU_ASSERT_EQUAL_FATAL(output_log_open(loop, &spec, &log, &child_fd, &why), 0);
	pid = fork();
	if (pid == 0) {
		dup2(child_fd, 2);
		execl("/bin/sh", "sh", "-c", command, NULL);
		_exit(127);
	}
	close(child_fd);
	while (waitpid(pid, &status, WNOHANG) == 0)
		sd_event_run(loop, 10000);
	output_log_end(log);
	output_log_free(log);
	sd_event_unref(loop);
	CU_ASSERT_EQUAL(status, 0);
	CU_ASSERT_EQUAL_FATAL(fstatat(place_fd, "log", &st, 0), 0);
	return st.st_size;
}

static void little_is_kept_as_it_is(void)
{
	char *text = NULL;
	size_t length = 0;

	CU_ASSERT_EQUAL(run("echo one >&2; echo two >&2"), 8);
	CU_ASSERT_EQUAL_FATAL(fileio_read(place_fd, "log", &text, &length, NULL), 0);
	CU_ASSERT_STRING_EQUAL(text, "one\ntwo\n");
	free(text);
}

static void much_keeps_its_beginning_and_its_end(void)
{
	off_t bytes = run("echo first >&2; head -c 5000000 /dev/zero | tr '\\0' x >&2; "
			  "echo >&2; echo the last words >&2");
	char *text = NULL, line[80];
	size_t length = 0;

	CU_ASSERT(bytes > (off_t)OUTPUT_LOG_MAX);
	CU_ASSERT(bytes < (off_t)OUTPUT_LOG_MAX + OUTPUT_LOG_TAIL + 80);
	CU_ASSERT_EQUAL_FATAL(fileio_read(place_fd, "log", &text, &length, NULL), 0);
	CU_ASSERT_EQUAL(strncmp(text, "first\nxxx", 9), 0);
	/* "first", the 5,000,000 and "the last words", with three line ends. */
	snprintf(line, sizeof(line), "\n[igd-harness left out %u bytes here]\n",
		5000000 + 6 + 16 - OUTPUT_LOG_MAX - OUTPUT_LOG_TAIL);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, line));
	free(text);
	fileio_last_line(place_fd, "log", line, sizeof(line));
	CU_ASSERT_PTR_NOT_NULL(strstr(line, "the last words"));
}

/* A wrapper's program that stays: it writes without end, and is not waited for. */
static void a_grandchild_is_not_waited_for(void)
{
	off_t bytes = run("echo $$ >&2; yes >&2 & echo $! >"
			  "\"$PLACE\"/pid");
	char *text = NULL;
	size_t length = 0;
	int pid;

	CU_ASSERT(bytes < (off_t)OUTPUT_LOG_MAX + OUTPUT_LOG_TAIL + 80);
	CU_ASSERT_EQUAL_FATAL(fileio_read(place_fd, "pid", &text, &length, NULL), 0);
	pid = (int)strtol(text, NULL, 10);
	CU_ASSERT_FATAL(pid > 1);
	kill(pid, SIGKILL); /* or SIGPIPE was faster */
	free(text);
}

static void a_full_disk_is_told(void)
{
	const struct output_log_spec spec = { place_fd, "full", on_unwritten, NULL };
	struct output_log *log = NULL;
	struct problem why = { 0 };
	sd_event *loop = NULL;
	int child_fd = -1, full = open("/dev/full", O_WRONLY | O_CLOEXEC), file;

	CU_ASSERT_FATAL(full >= 0 && sd_event_new(&loop) >= 0);
	file = open("/dev/null", O_RDONLY | O_CLOEXEC); /* the number that the file will have */
	close(file);
	CU_ASSERT_EQUAL_FATAL(output_log_open(loop, &spec, &log, &child_fd, &why), 0);
	CU_ASSERT_EQUAL(dup2(full, file), file);
	CU_ASSERT_EQUAL(write(child_fd, "x", 1), 1);
	close(child_fd);
	failed_with = 0;
	sd_event_run(loop, 1000000);
	CU_ASSERT_EQUAL(failed_with, ENOSPC);
	output_log_free(log);
	sd_event_unref(loop);
	close(full);
}

static CU_TestInfo tests[] = {
	{ "little is kept as it is", little_is_kept_as_it_is },
	{ "much keeps its beginning and its end", much_keeps_its_beginning_and_its_end },
	{ "a grandchild is not waited for", a_grandchild_is_not_waited_for },
	{ "a full disk is told", a_full_disk_is_told },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	int status;

	if (!mkdtemp(place))
		return 1;
	setenv("PLACE", place, 1);
	place_fd = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	status = suite_main("output_log", tests);
	close(place_fd);
	return suite_remove(place, status);
}
