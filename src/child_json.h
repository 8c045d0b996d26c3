/* A value from a process of its own, for what may hang. */
#ifndef IGD_CHILD_JSON_H
#define IGD_CHILD_JSON_H

#include <jansson.h>
#include <stddef.h>
#include <sys/types.h>

/* Bytes that a child may write, where nothing else is known of its value. */
#define CHILD_JSON_MAX (256 * 1024)

/*
 * Has a child process make a value, with no descriptor of this process open but stdin, stdout and
 * stderr. Returns 0 with a new reference; -ETIMEDOUT if it has not answered within limit_ms
 * milliseconds: it is killed, and left to the kernel if it cannot end; -EPROTO if it has ended
 * without a value; -E2BIG if it writes `max` bytes or more; or the negative errno of pipe() or
 * fork(). `make` returns a new reference, or NULL for no value.
 */
int child_json(json_t *(*make)(void *data), void *data, size_t max, int limit_ms, json_t **value_r);

/* Kills a child and waits for it, for a second at most: one that the kernel does not let go of is
 * left alone. */
void child_json_end(pid_t pid);

#endif
