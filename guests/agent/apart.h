/*
 * A process of the agent's own, for what a driver may hang in: it tells what it found through a
 * pipe, and the agent waits for it with a limit.
 */
#ifndef IGD_AGENT_APART_H
#define IGD_AGENT_APART_H

#include <jansson.h>
#include <sys/types.h>

/*
 * Has `find` called in a process of its own and gives the object that it returned, a new reference,
 * or NULL: *r_r is then -ETIMEDOUT after limit_ms milliseconds, or a different negative errno if
 * the process ended without an object of at most 1 MiB. The process is ended in any case.
 */
json_t *apart_ask(json_t *(*find)(const char *root, const char *name), const char *root,
	const char *name, int limit_ms, int *r_r);

/* Ends such a process, and waits for a second at most: one that the kernel does not let go of is
 * left alone. */
void apart_end(pid_t pid);

#endif
