#include "harness/process/child.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/suite.h"

#define ERRORS_TOO (-2) /* as fds[2]: where stdout goes */

/* Runs sh -c SCRIPT with fds[1] as a pipe; what it prints in `said`. Returns its exit status. */
static int run(const char *script, int *fds, size_t count, const struct child_parts *how,
	char said[static 256])
{
	char *const argv[] = { (char *)"sh", (char *)"-c", (char *)script, NULL };
	struct child_parts parts = *how;
	int ends[2], status = 0;
	size_t used = 0;
	ssize_t n;
	pid_t pid;

	CU_ASSERT_EQUAL_FATAL(pipe2(ends, O_CLOEXEC), 0);
	fds[1] = ends[1];
	fds[2] = fds[2] == ERRORS_TOO ? ends[1] : fds[2];
	parts.fds = fds;
	parts.fds_count = count;
	parts.death_signal = SIGKILL;
	pid = fork();
	CU_ASSERT_FATAL(pid >= 0);
	if (pid == 0)
		child_become(argv, &parts);
	close(ends[1]);
	while (used < 255 && (n = read(ends[0], said + used, 255 - used)) > 0)
		used += (size_t)n;
	said[used] = 0;
	close(ends[0]);
	CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static void it_has_the_files_it_is_given_and_no_other(void)
{
	int spare = open("/dev/zero", O_RDONLY | O_CLOEXEC),
	    four = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
	int fds[] = { -1, -1, 2, -1, four };
	char said[256];

	CU_ASSERT_EQUAL(run("readlink /proc/self/fd/0 /proc/self/fd/4; ls /proc/$$/fd; true", fds,
				5, &(struct child_parts){ 0 }, said),
		0);
	/* Without a pipe, whose ends the shell has until it has closed them. */
	CU_ASSERT_STRING_EQUAL(said, "/dev/null\n/etc/passwd\n0\n1\n2\n4\n");
	close(spare);
	close(four);
}

static void files_change_places(void)
{
	int zero = open("/dev/zero", O_RDONLY | O_CLOEXEC),
	    full = open("/dev/full", O_RDONLY | O_CLOEXEC), fds[32];
	char said[256], script[128];

	for (size_t i = 0; i < 32; i++)
		fds[i] = -1;
	CU_ASSERT_FATAL(zero > 2 && zero < 32 && full > 2 && full < 32);
	fds[zero] = full;
	fds[full] = zero;
	snprintf(script, sizeof(script), "readlink /proc/$$/fd/%d /proc/$$/fd/%d", zero, full);
	CU_ASSERT_EQUAL(run(script, fds, 32, &(struct child_parts){ 0 }, said), 0);
	CU_ASSERT_STRING_EQUAL(said, "/dev/full\n/dev/zero\n");
	close(zero);
	close(full);
}

static void no_signal_is_blocked_or_ignored(void)
{
	static const int ignored[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGXFSZ };
	void (*before[4])(int);
	int fds[] = { -1, -1, 2 };
	sigset_t all, old;
	char said[256];

	for (size_t i = 0; i < 4; i++)
		before[i] = signal(ignored[i], SIG_IGN);
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &old);
	CU_ASSERT_EQUAL(run("kill -TERM $$; echo alive", fds, 3, &(struct child_parts){ 0 }, said),
		-SIGTERM);
	CU_ASSERT_EQUAL(run("kill -PIPE $$; echo alive", fds, 3, &(struct child_parts){ 0 }, said),
		-SIGPIPE);
	sigprocmask(SIG_SETMASK, &old, NULL);
	for (size_t i = 0; i < 4; i++)
		signal(ignored[i], before[i]);
}

static void it_has_its_folder_environment_and_group(void)
{
	char *const environment[] = { (char *)"PATH=/usr/bin:/bin", (char *)"WORD=word", NULL };
	const struct child_parts parts = { .folder = "/dev", .environment = environment };
	int fds[] = { -1, -1, 2 };
	char said[256];

	CU_ASSERT_EQUAL(run("pwd; echo $WORD; test $(cut -d' ' -f5 /proc/$$/stat) = $$", fds, 3,
				&parts, said),
		0);
	CU_ASSERT_STRING_EQUAL(said, "/dev\nword\n");
}

static void what_cannot_be_done_is_said(void)
{
	const struct child_parts nowhere = { .folder = "/nonexistent" };
	int fds[] = { -1, -1, ERRORS_TOO };
	char said[256];

	CU_ASSERT_EQUAL(run("true", fds, 3, &nowhere, said), 127);
	CU_ASSERT_STRING_EQUAL(said, "cannot go to /nonexistent: No such file or directory\n");
}

static CU_TestInfo tests[] = {
	{ "it has the files it is given and no other", it_has_the_files_it_is_given_and_no_other },
	{ "files change places", files_change_places },
	{ "no signal is blocked or ignored", no_signal_is_blocked_or_ignored },
	{ "it has its folder, environment and group", it_has_its_folder_environment_and_group },
	{ "what cannot be done is said", what_cannot_be_done_is_said },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	/* The suite may have inherited descriptors that are not close-on-exec. */
	for (int fd = 3; fd < 1024; fd++)
		fcntl(fd, F_SETFD, FD_CLOEXEC);
	return suite_main("child", tests);
}
