/*
 * A child process on an event loop, with limits on how long it may take and how long it may say
 * nothing. Where command.h asks a program for a line and waits, this one lets everything else on
 * the loop go on meanwhile.
 */
#ifndef IGD_PROCESS_SUBPROCESS_H
#define IGD_PROCESS_SUBPROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "src/problem.h"

/* Bytes that a child wrote, in the order it wrote them. */
typedef void subprocess_output(void *data, const char *bytes, size_t length);

struct subprocess_spec {
	char *const *argv;            /* found along PATH; ends with NULL */
	const char *folder;           /* where it runs; NULL: here */
	int in_fd;                    /* its stdin, borrowed; -1: nothing to read */
	subprocess_output *out, *err; /* what it writes; NULL: to nowhere */
	/* It is over, and all it wrote was heard; it may be freed here. NULL: nobody asks. */
	void (*over)(void *data);
	void *data;
};

struct subprocess_limits {
	uint64_t limit_ms;   /* from now; 0: none */
	uint64_t silence_ms; /* since the start or the last byte; 0: none */
	const bool *stop;    /* becomes true when the wait is to end at once; NULL: never */
};

struct subprocess;

/*
 * Starts it, in a process group of its own: a Ctrl-C is not for it. It is asked to end (SIGTERM)
 * when this program dies. Returns 0 and the child, to be given to subprocess_free(); a negative
 * errno with the sentence. A program that cannot be executed exits with status 127.
 */
int subprocess_start(sd_event *loop, const struct subprocess_spec *order,
	struct subprocess **child_r, struct problem *why);

/*
 * Runs the loop until the child is over: 0, and all it wrote has been heard. -ETIMEDOUT at the
 * limit, -EAGAIN after so long a silence, -EINTR if told to stop: the child still runs then, and
 * may be waited for again. Another negative errno if the loop failed.
 */
int subprocess_wait(struct subprocess *child, const struct subprocess_limits *limits);

/* A silence that was explained: counts from now again. */
void subprocess_reset_silence(struct subprocess *child);

/* Its exit status once it is over; 128 and the signal if one killed it, as a shell says it. */
int subprocess_status(const struct subprocess *child);

/* Ends it with its process group if it still runs: asks, and two seconds later does not ask. */
void subprocess_free(struct subprocess *child);

/* Start, wait, free: the exit status, or a negative errno as above with the sentence. */
int subprocess_run(sd_event *loop, const struct subprocess_spec *order,
	const struct subprocess_limits *limits, struct problem *why);

#endif
