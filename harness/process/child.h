/*
 * What a child process is between fork() and exec(): its signals, its group, its files.
 */
#ifndef IGD_PROCESS_CHILD_H
#define IGD_PROCESS_CHILD_H

#include <stddef.h>

struct child_parts {
	/* fds[N] is what the program has as N. -1: /dev/null below 3, nothing from there on. All
	 * other files of the harness are O_CLOEXEC. The array is overwritten. */
	int *fds;
	size_t fds_count; /* at least 3 */

	int death_signal;         /* what it gets when its parent dies */
	const char *folder;       /* where it runs; NULL: where its parent does */
	char *const *environment; /* NULL: its parent's */
};

/*
 * Executes argv (found along PATH) in a child that fork() has made. It leads a process group of its
 * own, so that Ctrl-C at the terminal reaches the harness alone, and has no signal blocked and none
 * of SIGINT, SIGTERM, SIGHUP, SIGPIPE and SIGXFSZ ignored. Does not return: a failure is one line
 * on the child's stderr ("cannot execute ...") and exit status 127.
 */
_Noreturn void child_become(char *const argv[], const struct child_parts *parts);

#endif
