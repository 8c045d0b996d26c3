/*
 * A command in a process group of its own, under a limit, that does not outlive who asked for it.
 *
 * Between the two stands a guard, a process that does nothing but wait: for the end of the command,
 * for the limit, and for the end of this process, however it comes. So also after SIGKILL no build
 * goes on in the background and no guest stays on the host.
 */
#ifndef IGD_PROCESS_GUARDED_CHILD_H
#define IGD_PROCESS_GUARDED_CHILD_H

#include <stdbool.h>

#include "src/problem.h"

/* From SIGTERM to SIGKILL: a run destroys its guest and gives its device back meanwhile. */
#define GUARDED_CHILD_GRACE_S 90

struct guarded_child_spec {
	char *const *argv;        /* looked for along PATH; ends with NULL */
	char *const *environment; /* ends with NULL; NULL: ours */
	const char *folder;       /* where it runs; NULL: here */
	int out_fd;               /* its stdout and stderr; its stdin is empty */
	unsigned int limit_s;     /* 0: none */
};

enum guarded_child_how {
	CHILD_EXITED,    /* by itself, with `number` as its status; 127 if it cannot be executed */
	CHILD_SIGNALLED, /* by signal `number` that is none of ours */
	CHILD_LATE,      /* it was ended at its limit */
	CHILD_STOPPED    /* it was ended because this process was told to end */
};

struct guarded_child_end {
	enum guarded_child_how how;
	int number;
};

/*
 * Runs it to its end; then nothing is left of its process group. Returns 0 and how it ended, or a
 * negative errno with the sentence if nothing was begun or the guard is lost.
 */
int guarded_child_run(const struct guarded_child_spec *order, struct guarded_child_end *end_r,
	struct problem *why);

/* What a program may answer: a line of 41 bytes for each commit of Linux is 55 MB. */
#define GUARDED_CHILD_SAID_MAX (128u << 20)

/*
 * The same for a question: what it said, on stdout and stderr, is in *said_r with a 0 behind it,
 * which the caller frees. Returns its exit status, or a negative errno with the sentence if it did
 * not end by itself: -ETIMEDOUT at the limit, 0 for none; -EFBIG if it said more than that.
 */
int guarded_child_output(
	char *const argv[], unsigned int limit_s, char **said_r, struct problem *why);

/* From now on SIGINT, SIGTERM and SIGHUP end the command that runs, and no other is begun. */
void guarded_child_catch_signals(void);

/* The signal that came, or 0. */
int guarded_child_interrupted(void);

#endif
