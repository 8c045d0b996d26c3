#include "harness/process/guarded_child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/base/clock.h"
#include "harness/process/child.h"
#include "harness/process/pidfd.h"

static volatile sig_atomic_t told;

static void on_signal(int number)
{
	told = number;
}

static const int ending_signals[] = { SIGINT, SIGTERM, SIGHUP };

void guarded_child_catch_signals(void)
{
	/* Without SA_RESTART: what waits is to look at `told`. */
	struct sigaction action = { .sa_handler = on_signal };

	for (size_t i = 0; i < sizeof(ending_signals) / sizeof(ending_signals[0]); i++)
		sigaction(ending_signals[i], &action, NULL);
}

int guarded_child_interrupted(void)
{
	return told;
}

static _Noreturn void become_command(const struct guarded_child_spec *order)
{
	int fds[] = { -1, order->out_fd, order->out_fd };
	const struct child_parts parts = { .fds = fds,
		.fds_count = 3,
		.death_signal = SIGTERM,
		.folder = order->folder,
		.environment = order->environment };

	child_become(order->argv, &parts);
}

/* Milliseconds until then, for poll(); a second more than a 32-bit number of them is days away. */
static int until_ms(uint64_t when_us)
{
	uint64_t now = clock_us(), left = when_us > now ? (when_us - now) / 1000 + 1 : 0;

	return left > INT32_MAX ? INT32_MAX : (int)left;
}

/* Waits for the end of the command and reaps it. `life_fd` closes when the parent is gone or wants
 * it ended. */
static struct guarded_child_end watch(pid_t pid, int pid_fd, int life_fd, unsigned int limit_s)
{
	struct pollfd fds[] = { { .fd = pid_fd, .events = POLLIN },
		{ .fd = life_fd, .events = POLLIN } };
	struct guarded_child_end end = { CHILD_EXITED, 0 };
	uint64_t until = limit_s ? clock_us() + limit_s * UINT64_C(1000000) : UINT64_MAX;
	bool ending = false;
	siginfo_t info = { 0 };

	for (;;) {
		int n = poll(fds, ending ? 1 : 2, until_ms(until));

		if (n > 0 && fds[0].revents)
			break;
		if (n == 0 && until_ms(until) > 0)
			continue;
		if (ending) {
			kill(-pid, SIGKILL);
			until = UINT64_MAX;
			continue;
		}
		end.how = n > 0 ? CHILD_STOPPED : CHILD_LATE;
		ending = true;
		kill(-pid, SIGTERM);
		until = clock_us() + GUARDED_CHILD_GRACE_S * UINT64_C(1000000);
	}
	/* Not reaped yet: until then the group's number is nobody else's. */
	waitid(P_PIDFD, (id_t)pid_fd, &info, WEXITED | WNOWAIT);
	kill(-pid, SIGKILL);
	/* And those of the group whose parent is gone, which are the guard's by now. */
	waitid(P_PIDFD, (id_t)pid_fd, &info, WEXITED);
	while (waitpid(-pid, NULL, 0) > 0)
		;
	if (!ending) {
		end.how = info.si_code == CLD_EXITED ? CHILD_EXITED : CHILD_SIGNALLED;
		end.number = info.si_status;
	}
	return end;
}

static void become_guard(const struct guarded_child_spec *order, int life_fd, int result_fd)
{
	struct guarded_child_end end;
	int pid_fd;
	pid_t pid;

	setpgid(0, 0);
	for (size_t i = 0; i < sizeof(ending_signals) / sizeof(ending_signals[0]); i++)
		signal(ending_signals[i], SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	pid = fork();
	if (pid < 0)
		_exit(1);
	if (pid == 0)
		become_command(order);
	setpgid(pid, pid); /* whoever of the two is first */
	pid_fd = pidfd_open(pid, 0);
	if (pid_fd < 0) {
		kill(pid, SIGKILL);
		_exit(1);
	}
	end = watch(pid, pid_fd, life_fd, order->limit_s);
	if (write(result_fd, &end, sizeof(end)) < 0) {
		/* Who asked is gone, and the next one finds the group ended. */
	}
	_exit(0);
}

/* Reads how it ended and closes life_fd, when a signal comes or at last: then the guard ends the
 * command. */
static int read_end(int result_fd, int life_fd, struct guarded_child_end *end_r)
{
	bool closed = false;
	int r = -EPIPE;

	for (;;) {
		ssize_t n;

		if (told && !closed) {
			close(life_fd);
			closed = true;
		}
		n = read(result_fd, end_r, sizeof(*end_r));
		if (n == (ssize_t)sizeof(*end_r))
			r = 0;
		if (n >= 0 || errno != EINTR)
			break;
	}
	if (!closed)
		close(life_fd);
	return r;
}

int guarded_child_run(const struct guarded_child_spec *order, struct guarded_child_end *end_r,
	struct problem *why)
{
	int life[2], result[2], r;
	pid_t guard;

	if (pipe2(life, O_CLOEXEC) < 0)
		return problem_set(why, -errno, "cannot make a pipe: %s", strerror(errno));
	if (pipe2(result, O_CLOEXEC) < 0) {
		r = problem_set(why, -errno, "cannot make a pipe: %s", strerror(errno));
		close(life[0]);
		close(life[1]);
		return r;
	}
	guard = fork();
	if (guard == 0) {
		close(life[1]);
		close(result[0]);
		become_guard(order, life[0], result[1]);
	}
	close(result[1]);
	if (guard < 0) {
		r = problem_set(why, -errno, "cannot start a process: %s", strerror(errno));
		close(life[1]);
	} else {
		r = read_end(result[0], life[1], end_r);
		if (r < 0)
			problem_set(why, r, "the guard of %s has exited", order->argv[0]);
	}
	close(life[0]);
	close(result[0]);
	while (guard > 0 && waitpid(guard, NULL, 0) < 0 && errno == EINTR)
		;
	return r;
}

/* A program writes at most so much at once; more is refused earlier, and it ends with an error. */
#define BLOCK (64u << 10)

/* A file in memory for what a program says, of which it can write a block more than the limit. */
static int make_said(void)
{
	int fd = memfd_create("said", MFD_CLOEXEC | MFD_ALLOW_SEALING), r = 0;

	if (fd < 0)
		return -errno;
	/* A hole takes no memory. Beyond it a write is refused. */
	if (ftruncate(fd, GUARDED_CHILD_SAID_MAX + BLOCK) < 0 ||
		fcntl(fd, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK) < 0)
		r = -errno;
	if (r < 0)
		close(fd);
	return r < 0 ? r : fd;
}

/* All that was written: the program and we have one place in the file. NULL without memory. */
static char *read_whole(int fd)
{
	off_t length = lseek(fd, 0, SEEK_CUR);
	char *text = length < 0 ? NULL : malloc((size_t)length + 1);
	ssize_t n = text ? pread(fd, text, (size_t)length, 0) : -1;

	if (n >= 0)
		text[n] = 0;
	return text;
}

int guarded_child_output(
	char *const argv[], unsigned int limit_s, char **said_r, struct problem *why)
{
	struct guarded_child_end end = { CHILD_EXITED, 0 };
	int fd = make_said(), r;

	*said_r = NULL;
	if (fd < 0)
		return problem_set(why, fd, "cannot make a file: %s", strerror(-fd));
	r = guarded_child_run(
		&(struct guarded_child_spec){ argv, NULL, NULL, fd, limit_s }, &end, why);
	if (r == 0 && lseek(fd, 0, SEEK_CUR) > GUARDED_CHILD_SAID_MAX)
		r = problem_set(why, -EFBIG, "%s prints more than %u bytes", argv[0],
			GUARDED_CHILD_SAID_MAX);
	if (r == 0)
		*said_r = read_whole(fd);
	close(fd);
	if (r == 0 && !*said_r)
		return -ENOMEM;
	if (r == 0 && end.how == CHILD_EXITED)
		return end.number;
	free(*said_r);
	*said_r = NULL;
	if (r == 0 && end.how == CHILD_LATE)
		r = problem_set(why, -ETIMEDOUT, "%s did not answer within %u s", argv[0], limit_s);
	return r < 0 ? r
		     : problem_set(why, -EINTR, "%s %s", argv[0],
			       end.how == CHILD_STOPPED ? "was stopped" : "was killed");
}
