#include "harness/store/writer.h"

#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/suite.h"

static char place[] = "/tmp/igd-writer-XXXXXX";

/* A child that holds the lock, in that mode, until it is killed. */
static pid_t hold(int mode)
{
	int ready[2];
	char byte = 0;
	pid_t pid;

	CU_ASSERT_EQUAL_FATAL(pipe(ready), 0);
	pid = fork();
	if (pid == 0) {
		char path[64];
		int fd;

		snprintf(path, sizeof(path), "%s/lock", place);
		fd = open(path, O_RDWR);
		if (fd < 0 || flock(fd, mode) < 0 || write(ready[1], "", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(ready[1]);
	CU_ASSERT_EQUAL_FATAL(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	return pid;
}

static void let_go(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void a_run_that_nobody_writes_has_no_writer(void)
{
	struct store_writer writer;

	store_writer_find(place, &writer);
	CU_ASSERT_FALSE(writer.writes);
	CU_ASSERT_EQUAL(writer.pid, 0);
	store_writer_find("/nonexistent", &writer);
	CU_ASSERT_FALSE(writer.writes);
}

static void the_holder_of_the_lock_is_found(void)
{
	const struct passwd *me = getpwuid(geteuid());
	time_t before = time(NULL);
	pid_t pid = hold(LOCK_EX);
	struct store_writer writer;

	store_writer_find(place, &writer);
	CU_ASSERT_TRUE(writer.writes);
	CU_ASSERT_EQUAL(writer.pid, pid);
	CU_ASSERT_TRUE(!me || strcmp(writer.user, me->pw_name) == 0);
	/* Ticks are cut, and so are seconds. */
	CU_ASSERT_TRUE(writer.since >= before - 2 && writer.since <= time(NULL) + 2);
	let_go(pid);
	store_writer_find(place, &writer);
	CU_ASSERT_FALSE(writer.writes);
}

/* Who bundles a run holds it, and writes nothing. */
static void a_reader_is_no_writer(void)
{
	pid_t pid = hold(LOCK_SH);
	struct store_writer writer;

	store_writer_find(place, &writer);
	CU_ASSERT_FALSE(writer.writes);
	let_go(pid);
}

static CU_TestInfo tests[] = {
	{ "a run that nobody writes has no writer", a_run_that_nobody_writes_has_no_writer },
	{ "the holder of the lock is found", the_holder_of_the_lock_is_found },
	{ "a reader is no writer", a_reader_is_no_writer },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	char path[64];
	int fd;

	if (!mkdtemp(place))
		return 1;
	snprintf(path, sizeof(path), "%s/lock", place);
	fd = open(path, O_CREAT | O_WRONLY, 0644);
	if (fd >= 0)
		close(fd);
	return suite_remove(place, suite_main("writer", tests));
}
