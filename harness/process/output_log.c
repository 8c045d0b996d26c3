#include "harness/process/output_log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "harness/base/below/below.h"

#define BLOCK (64u << 10) /* what a pipe holds */

struct output_log {
	int file_fd, pipe_fd;
	sd_event_source *source;
	void (*unwritten)(void *data, int error);
	void *data;
	size_t kept;
	uint64_t dropped; /* bytes behind OUTPUT_LOG_MAX, those of the tail included */
	char tail[OUTPUT_LOG_TAIL];
	size_t tail_used;
	bool failed;
};

static void keep(struct output_log *log, const char *bytes, size_t length)
{
	while (length > 0 && !log->failed) {
		ssize_t n = write(log->file_fd, bytes, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			log->failed = true;
			log->unwritten(log->data, errno);
			return;
		}
		bytes += n;
		length -= (size_t)n;
	}
}

static void keep_tail(struct output_log *log, const char *bytes, size_t length)
{
	size_t drop;

	log->dropped += length;
	if (length > OUTPUT_LOG_TAIL) {
		bytes += length - OUTPUT_LOG_TAIL;
		length = OUTPUT_LOG_TAIL;
	}
	drop = log->tail_used + length > OUTPUT_LOG_TAIL ? log->tail_used + length - OUTPUT_LOG_TAIL
							 : 0;
	memmove(log->tail, log->tail + drop, log->tail_used - drop);
	memcpy(log->tail + log->tail_used - drop, bytes, length);
	log->tail_used += length - drop;
}

/* Reads once. False if there is nothing now, or nothing any more. */
static bool read_some(struct output_log *log)
{
	char bytes[BLOCK];
	ssize_t n = read(log->pipe_fd, bytes, sizeof(bytes));
	size_t room = OUTPUT_LOG_MAX - log->kept, head;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (n <= 0) {
		sd_event_source_set_enabled(log->source, SD_EVENT_OFF);
		return false;
	}
	head = (size_t)n < room ? (size_t)n : room;
	keep(log, bytes, head);
	log->kept += head;
	if ((size_t)n > head)
		keep_tail(log, bytes + head, (size_t)n - head);
	return true;
}

static int on_readable(sd_event_source *source, int fd, uint32_t revents, void *data)
{
	read_some(data);
	return 0;
}

int output_log_open(sd_event *loop, const struct output_log_spec *spec, struct output_log **log_r,
	int *child_fd_r, struct problem *why)
{
	struct output_log *log = calloc(1, sizeof(*log));
	int ends[2] = { -1, -1 }, r = 0;

	if (!log)
		return problem_set(why, -ENOMEM, "out of memory");
	log->unwritten = spec->unwritten;
	log->data = spec->data;
	log->pipe_fd = -1;
	log->file_fd = below_create(spec->dir_fd, spec->name, 0644);
	if (log->file_fd < 0) {
		r = problem_set(why, log->file_fd, "cannot make %s: %s", spec->name,
			below_error(log->file_fd));
		goto out;
	}
	if (pipe2(ends, O_CLOEXEC) < 0) {
		r = problem_set(why, -errno, "cannot make a pipe: %s", strerror(errno));
		goto out;
	}
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	log->pipe_fd = ends[0];
	r = sd_event_add_io(loop, &log->source, log->pipe_fd, EPOLLIN, on_readable, log);
	if (r < 0) {
		problem_set(why, r, "cannot read a pipe: %s", strerror(-r));
		close(ends[1]);
		goto out;
	}
	*child_fd_r = ends[1];
	*log_r = log;
	log = NULL;
	r = 0;
out:
	output_log_free(log);
	return r;
}

void output_log_end(struct output_log *log)
{
	char line[80];
	int length;

	if (log->pipe_fd < 0)
		return;
	/* What a pipe holds, and not what somebody goes on writing. */
	for (size_t most = log->kept + log->dropped + BLOCK;
		log->kept + log->dropped < most && read_some(log);)
		;
	sd_event_source_disable_unref(log->source);
	log->source = NULL;
	close(log->pipe_fd);
	log->pipe_fd = -1;
	if (log->dropped == 0)
		return;
	if (log->dropped > log->tail_used) {
		length = snprintf(line, sizeof(line), "\n[igd-harness left out %llu bytes here]\n",
			(unsigned long long)(log->dropped - log->tail_used));
		keep(log, line, (size_t)length);
	}
	keep(log, log->tail, log->tail_used);
}

void output_log_note(struct output_log *log, const char *line)
{
	keep(log, line, strlen(line));
	keep(log, "\n", 1);
}

void output_log_free(struct output_log *log)
{
	if (!log)
		return;
	output_log_end(log);
	sd_event_source_disable_unref(log->source);
	if (log->file_fd >= 0)
		close(log->file_fd);
	free(log);
}
