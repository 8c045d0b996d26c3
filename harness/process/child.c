#include "harness/process/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

/* The program that the child becomes inherits these descriptors, so nothing here closes them; gcc's
 * analyzer knows no such case. It looks for descriptors since gcc 13. */
#if !defined(__clang__) && __GNUC__ >= 13
#pragma GCC diagnostic ignored "-Wanalyzer-fd-leak"
#endif

static void reset_signals(void)
{
	static const int ignored[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGXFSZ };
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		signal(ignored[i], SIG_DFL);
}

/* Above them all first: the number of one may be the place of another. */
static int place_fds(int *fds, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (i < 3 && fds[i] < 0)
			fds[i] = open("/dev/null", O_RDWR | O_CLOEXEC);
		if (i < 3 && fds[i] < 0)
			return -errno;
		if (fds[i] < 0)
			continue;
		fds[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, (int)count);
		if (fds[i] < 0)
			return -errno;
	}
	for (size_t i = 0; i < count; i++) {
		if (fds[i] >= 0 && dup2(fds[i], (int)i) < 0)
			return -errno;
	}
	return 0;
}

_Noreturn void child_become(char *const argv[], const struct child_parts *parts)
{
	extern char **environ;
	int r;

	reset_signals();
	prctl(PR_SET_PDEATHSIG, parts->death_signal);
	setpgid(0, 0);
	r = place_fds(parts->fds, parts->fds_count);
	if (r == 0 && parts->folder && chdir(parts->folder) < 0) {
		dprintf(2, "cannot go to %s: %s\n", parts->folder, strerror(errno));
		_exit(127);
	}
	if (parts->environment)
		environ = (char **)parts->environment;
	if (r == 0)
		execvp(argv[0], argv);
	dprintf(2, "cannot execute %s: %s\n", argv[0], strerror(r < 0 ? -r : errno));
	_exit(127);
}
