#include "harness/process/keeper.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/base/clock.h"
#include "harness/base/escape.h"
#include "harness/process/pidfd.h"

/* A killed process is gone in milliseconds; one that waits for a device is not. */
#define END_US   UINT64_C(1000000)
#define ROUND_US 10000

/* Between two looks at what the program has left while it runs: it is a zombie until then. */
#define REAP_MS 5000

/* What the keeper needs for all of that, and some more. */
#define FINISH_MS 5000

/* The keeper's files: nothing as the first three, then the end of the socket pair. */
#define FD_TALK 3

/* Where the kernel has no close_range(): before Linux 5.9. */
#define FDS_MAX 1024

static void close_others(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int fd = 0; null >= 0 && fd < FD_TALK; fd++)
		dup2(null, fd);
#ifdef SYS_close_range
	if (syscall(SYS_close_range, FD_TALK + 1, ~0u, 0) == 0)
		return;
#endif
	for (int fd = FD_TALK + 1; fd < FDS_MAX; fd++)
		close(fd);
}

static struct keeper_process look_at(pid_t pid)
{
	struct keeper_process process = { .pid = pid };
	char path[64];
	ssize_t n = -1;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		n = read(fd, process.name, sizeof(process.name) - 1);
		close(fd);
	}
	process.name[n < 0 ? 0 : n] = 0;
	process.name[strcspn(process.name, "\n")] = 0;
	escape_printable(process.name);
	if (!process.name[0])
		snprintf(process.name, sizeof(process.name), "?");
	return process;
}

/* Kills our children that are there now; returns how many, and the first of them. */
static unsigned int kill_children(struct keeper_process first[static KEEPER_NOTED_MAX])
{
	DIR *dir = opendir("/proc");
	const struct dirent *entry;
	unsigned int count = 0;

	while (dir && (entry = readdir(dir))) {
		pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);

		if (pid <= 0 || clock_process(pid).parent != getpid())
			continue;
		if (count < KEEPER_NOTED_MAX)
			first[count] = look_at(pid);
		count++;
		/* A child of ours that was not reaped: the number is its own. */
		kill(pid, SIGKILL);
	}
	if (dir)
		closedir(dir);
	return count;
}

static bool is_noted(const struct keeper_end *end, pid_t pid)
{
	for (unsigned int i = 0; i < end->killed && i < KEEPER_NOTED_MAX; i++)
		if (end->noted[i].pid == pid)
			return true;
	return false;
}

/* Those of a round that were not there in an earlier one; with many, only a lower bound. */
static void add_killed(
	struct keeper_end *end, const struct keeper_process *first, unsigned int count)
{
	if (end->killed >= KEEPER_NOTED_MAX || count >= KEEPER_NOTED_MAX) {
		if (end->killed == 0)
			memcpy(end->noted, first, sizeof(end->noted));
		end->killed = count > end->killed ? count : end->killed;
		return;
	}
	for (unsigned int i = 0; i < count && end->killed < KEEPER_NOTED_MAX; i++)
		if (!is_noted(end, first[i].pid))
			end->noted[end->killed++] = first[i];
}

/* All that descends from the program is our child, or becomes it when its parent is killed. */
static void end_children(struct keeper_end *end)
{
	uint64_t until = clock_us() + END_US;
	struct keeper_process first[KEEPER_NOTED_MAX];

	for (;;) {
		unsigned int count;
		pid_t pid;

		while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
			;
		if (pid < 0 && errno == ECHILD)
			return;
		count = kill_children(first);
		if (clock_us() >= until) {
			end->left = count;
			memcpy(end->noted, first, sizeof(end->noted));
			return;
		}
		add_killed(end, first, count);
		usleep(ROUND_US);
	}
}

/* The program is left a zombie: until it is reaped its group's number is its own. */
static void reap_others(pid_t program)
{
	siginfo_t info = { 0 };

	while (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid > 0 &&
		info.si_pid != program) {
		waitpid(info.si_pid, NULL, WNOHANG);
		info.si_pid = 0;
	}
}

/* Waits for the program's end, and kills it when told to. */
static void watch(pid_t pid, int pid_fd)
{
	struct pollfd fds[] = { { .fd = pid_fd, .events = POLLIN },
		{ .fd = FD_TALK, .events = POLLIN } };
	uint64_t until = UINT64_MAX;

	while (clock_us() < until) {
		char order;

		if (poll(fds, 2, until == UINT64_MAX ? REAP_MS : (int)(END_US / 1000)) > 0 &&
			fds[0].revents)
			return;
		if (fds[1].revents) {
			kill(-pid, SIGKILL);
			if (read(FD_TALK, &order, 1) <= 0) {
				/* Nobody waits any more. */
				fds[1].fd = -1;
				until = clock_us() + END_US;
			}
		}
		reap_others(pid);
	}
}

static _Noreturn void become_keeper(char *const argv[], const struct child_parts *parts, int talk)
{
	static const int ignored[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE };
	struct keeper_end end = { 0 };
	siginfo_t info = { 0 };
	int pid_fd;
	pid_t pid;

	setpgid(0, 0);
	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		signal(ignored[i], SIG_IGN);
	prctl(PR_SET_NAME, "igd-keeper");
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	pid = fork();
	if (pid == 0)
		child_become(argv, parts);
	if (pid < 0)
		_exit(1);
	setpgid(pid, pid); /* whichever of the two is first */
	/* Nothing else is held: neither the lock of the run nor the console of a guest. */
	if (dup2(talk, FD_TALK) < 0)
		_exit(1);
	close_others();
	pid_fd = pidfd_open(pid, 0);
	if (pid_fd >= 0)
		watch(pid, pid_fd);
	kill(-pid, SIGKILL);
	if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG) == 0 && info.si_pid == pid)
		end = (struct keeper_end){ .code = info.si_code, .status = info.si_status };
	end_children(&end);
	if (write(FD_TALK, &end, sizeof(end)) < 0) {
		/* Nobody is there to be told. */
	}
	_exit(0);
}

int keeper_start(char *const argv[], const struct child_parts *parts, struct keeper *keeper_r)
{
	int ends[2], r;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return -errno;
	pid = fork();
	if (pid == 0) {
		close(ends[0]);
		become_keeper(argv, parts, ends[1]);
	}
	r = pid < 0 ? -errno : 0;
	close(ends[1]);
	if (r < 0)
		close(ends[0]);
	else
		*keeper_r = (struct keeper){ pid, ends[0] };
	return r;
}

void keeper_kill(const struct keeper *keeper)
{
	if (keeper->pid > 0 && send(keeper->fd, "", 1, MSG_NOSIGNAL) < 0) {
		/* It is over. */
	}
}

void keeper_finish(struct keeper *keeper, bool now, struct keeper_end *end_r)
{
	struct pollfd fd = { .fd = keeper->fd, .events = POLLIN };

	*end_r = (struct keeper_end){ 0 };
	if (keeper->pid <= 0)
		return;
	if (now)
		shutdown(keeper->fd, SHUT_WR);
	/* A signal ends no wait. */
	while (poll(&fd, 1, now ? FINISH_MS : -1) < 0 && errno == EINTR)
		;
	if (recv(keeper->fd, end_r, sizeof(*end_r), MSG_DONTWAIT) != (ssize_t)sizeof(*end_r))
		*end_r = (struct keeper_end){ 0 };
	close(keeper->fd);
	/* It has told, was killed, or cannot be waited for. */
	if (end_r->code == 0)
		kill(keeper->pid, SIGKILL);
	waitpid(keeper->pid, NULL, 0);
	*keeper = KEEPER_NONE;
}
