/*
 * The output of a child in a file of bounded size, however much the child writes: the beginning,
 * and the end, which says why it exited.
 */
#ifndef IGD_PROCESS_OUTPUT_LOG_H
#define IGD_PROCESS_OUTPUT_LOG_H

#include <stddef.h>
#include <systemd/sd-event.h>

#include "src/problem.h"

#define OUTPUT_LOG_MAX  (1u << 20) /* bytes that are kept from the beginning: what is searched */
#define OUTPUT_LOG_TAIL 4096       /* bytes that are kept from the end, if there were more */

struct output_log;

struct output_log_spec {
	int dir_fd; /* borrowed during output_log_open() */
	const char *name;
	/* The file cannot be written; once, from the loop. A positive errno. */
	void (*unwritten)(void *data, int error);
	void *data;
};

/*
 * Makes the file, and a pipe whose end for the child is *child_fd_r, which the caller closes after
 * the fork. Returns 0 and the log, or a negative errno with the sentence.
 */
int output_log_open(sd_event *loop, const struct output_log_spec *spec, struct output_log **log_r,
	int *child_fd_r, struct problem *why);

/*
 * The child has exited: reads what it still wrote, and completes the file. A process that the child
 * left behind is not waited for.
 */
void output_log_end(struct output_log *log);

/* Adds a line of ours to a log that has ended. */
void output_log_note(struct output_log *log, const char *line);

/* Ends it first. NULL is fine. */
void output_log_free(struct output_log *log);

#endif
