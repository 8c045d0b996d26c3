/*
 * A process between this one and a program under test, which ends all that the program leaves.
 *
 * The program may leave its process group, clear its environment and exit. The keeper is a "child
 * subreaper" (prctl(2)): what descends from the program is the keeper's child once its own parent
 * has exited. The keeper kills all of it when the program exits, when it is told to, and when this
 * process dies, also by SIGKILL.
 */
#ifndef IGD_PROCESS_KEEPER_H
#define IGD_PROCESS_KEEPER_H

#include <stdbool.h>
#include <sys/types.h>

#include "harness/process/child.h"

struct keeper {
	pid_t pid; /* -1: there is none */
	int fd;    /* readable when all is over */
};

#define KEEPER_NONE ((struct keeper){ -1, -1 })

#define KEEPER_NOTED_MAX 16 /* of more only the number is known */

/* A process that the program left. */
struct keeper_process {
	pid_t pid;
	char name[16]; /* its comm, proc_pid_comm(5), with ? for what is not printable; "?" */
};

struct keeper_end {
	/* As of waitid(2): CLD_EXITED and the exit status, or CLD_KILLED or CLD_DUMPED and the
	 * signal. 0: not known, since the keeper was killed or the program does not end. */
	int code, status;
	unsigned int killed; /* processes that the program left, all of which were sent SIGKILL */
	unsigned int left;   /* of them, those that are still there a second later */
	struct keeper_process noted[KEEPER_NOTED_MAX]; /* with `left`, those; else the killed */
};

/*
 * Executes argv as child_become() does, as the child of a keeper; parts->death_signal is what the
 * program gets when the keeper dies. Returns 0 and the keeper, to be given to keeper_finish(), or a
 * negative errno.
 */
int keeper_start(char *const argv[], const struct child_parts *parts, struct keeper *keeper_r);

/* Has the program and its process group killed; its end is told as any other. */
void keeper_kill(const struct keeper *keeper);

/*
 * Waits for the end and tells it. With `now` it does not wait for the program: it is killed, and
 * has a second to end. Afterwards *keeper is KEEPER_NONE; nothing happens if it is that.
 */
void keeper_finish(struct keeper *keeper, bool now, struct keeper_end *end_r);

#endif
