#include "harness/process/subprocess.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/base/clock.h"
#include "harness/process/child.h"
#include "harness/process/pidfd.h"

#define GRACE_MS 2000
#define BLOCK    (64u << 10)

enum { OUT, ERR, STREAMS };

struct stream {
	struct subprocess *child;
	subprocess_output *heard;
	int fd;
	sd_event_source *source;
};

struct subprocess {
	sd_event *loop;
	pid_t pid;
	int pid_fd;
	sd_event_source *exit_source;
	struct stream streams[STREAMS];
	void (*told)(void *data);
	void *data;
	uint64_t heard_us; /* CLOCK_MONOTONIC */
	bool over;
	int status;
};

static int on_bytes(sd_event_source *source, int fd, uint32_t revents, void *data)
{
	struct stream *stream = data;
	char bytes[BLOCK];
	ssize_t n = read(fd, bytes, sizeof(bytes));

	if (n > 0) {
		subprocess_reset_silence(stream->child);
		stream->heard(stream->child->data, bytes, (size_t)n);
	} else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
		sd_event_source_set_enabled(source, SD_EVENT_OFF);
	}
	return 0;
}

static int on_exit_of_child(sd_event_source *source, int fd, uint32_t revents, void *data)
{
	struct subprocess *child = data;
	siginfo_t info = { 0 };

	if (waitid(P_PIDFD, (id_t)child->pid_fd, &info, WEXITED) < 0)
		return 0;
	sd_event_source_set_enabled(source, SD_EVENT_OFF);
	child->over = true;
	child->status = info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
	if (child->told)
		child->told(child->data);
	return 0;
}

/* In the child. */
static _Noreturn void become(const struct subprocess_spec *order, const int ends[STREAMS])
{
	int fds[] = { order->in_fd, ends[OUT], ends[ERR] };
	const struct child_parts parts = {
		.fds = fds, .fds_count = 3, .death_signal = SIGTERM, .folder = order->folder
	};

	child_become(order->argv, &parts);
}

/* The pipe of a stream that somebody hears; the child's end in *end_r. */
static int open_stream(struct subprocess *child, int which, subprocess_output *heard, int *end_r)
{
	struct stream *stream = &child->streams[which];
	int ends[2];

	*stream = (struct stream){ .child = child, .heard = heard, .fd = -1 };
	*end_r = -1;
	if (!heard)
		return 0;
	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	stream->fd = ends[0];
	*end_r = ends[1];
	return sd_event_add_io(child->loop, &stream->source, stream->fd, EPOLLIN, on_bytes, stream);
}

static int spawn(
	struct subprocess *child, const struct subprocess_spec *order, const int ends[STREAMS])
{
	int r;

	child->pid = fork();
	if (child->pid < 0)
		return -errno;
	if (child->pid == 0)
		become(order, ends);
	setpgid(child->pid, child->pid); /* whoever comes first */
	child->pid_fd = pidfd_open(child->pid, 0);
	if (child->pid_fd < 0)
		return -errno;
	r = sd_event_add_io(
		child->loop, &child->exit_source, child->pid_fd, EPOLLIN, on_exit_of_child, child);
	/* After its streams: what it wrote comes before its end. */
	return r < 0 ? r : sd_event_source_set_priority(child->exit_source, SD_EVENT_PRIORITY_IDLE);
}

int subprocess_start(sd_event *loop, const struct subprocess_spec *order,
	struct subprocess **child_r, struct problem *why)
{
	struct subprocess *child = calloc(1, sizeof(*child));
	int ends[STREAMS] = { -1, -1 }, r;

	if (!child)
		return problem_set(why, -ENOMEM, "out of memory");
	child->loop = loop;
	child->pid = child->pid_fd = -1;
	child->told = order->over;
	child->data = order->data;
	child->streams[ERR].fd = -1;
	subprocess_reset_silence(child);
	r = open_stream(child, OUT, order->out, &ends[OUT]);
	if (r >= 0)
		r = open_stream(child, ERR, order->err, &ends[ERR]);
	if (r >= 0)
		r = spawn(child, order, ends);
	for (int i = 0; i < STREAMS; i++) {
		if (ends[i] >= 0)
			close(ends[i]);
	}
	if (r < 0) {
		subprocess_free(child);
		return problem_set(why, r, "cannot start %s: %s", order->argv[0], strerror(-r));
	}
	*child_r = child;
	return 0;
}

int subprocess_wait(struct subprocess *child, const struct subprocess_limits *limits)
{
	uint64_t until = clock_us() + limits->limit_ms * 1000;

	while (!child->over) {
		uint64_t now = clock_us(), wait = UINT64_MAX,
			 silent = child->heard_us + limits->silence_ms * 1000;
		int r;

		if (limits->stop && *limits->stop)
			return -EINTR;
		if (limits->limit_ms && now >= until)
			return -ETIMEDOUT;
		if (limits->silence_ms && now >= silent)
			return -EAGAIN;
		if (limits->limit_ms)
			wait = until - now;
		if (limits->silence_ms && silent - now < wait)
			wait = silent - now;
		r = sd_event_run(child->loop, wait);
		if (r < 0)
			return r;
	}
	return 0;
}

void subprocess_reset_silence(struct subprocess *child)
{
	child->heard_us = clock_us();
}

int subprocess_status(const struct subprocess *child)
{
	return child->status;
}

static void end(struct subprocess *child)
{
	const struct subprocess_limits grace = { .limit_ms = GRACE_MS };

	kill(-child->pid, SIGTERM);
	if (child->pid_fd >= 0 && subprocess_wait(child, &grace) == 0)
		return;
	kill(-child->pid, SIGKILL);
	waitpid(child->pid, NULL, 0);
}

void subprocess_free(struct subprocess *child)
{
	if (!child)
		return;
	if (child->pid > 0 && !child->over)
		end(child);
	sd_event_source_disable_unref(child->exit_source);
	for (int i = 0; i < STREAMS; i++) {
		sd_event_source_disable_unref(child->streams[i].source);
		if (child->streams[i].fd >= 0)
			close(child->streams[i].fd);
	}
	if (child->pid_fd >= 0)
		close(child->pid_fd);
	free(child);
}

int subprocess_run(sd_event *loop, const struct subprocess_spec *order,
	const struct subprocess_limits *limits, struct problem *why)
{
	struct subprocess *child = NULL;
	int r = subprocess_start(loop, order, &child, why);

	if (r < 0 || !child)
		return r;
	r = subprocess_wait(child, limits);
	if (r == 0)
		r = subprocess_status(child);
	else
		problem_set(why, r, "%s %s", order->argv[0],
			r == -EINTR ? "was stopped" : "took too long");
	subprocess_free(child);
	return r;
}
