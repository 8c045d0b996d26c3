/*
 * The environment of programs under test, and the mark in it by which a guest's processes are
 * found again: a device model may be a wrapper, and its QEMU goes on when the wrapper is killed.
 */
#ifndef IGD_PROCESS_GUEST_MARK_H
#define IGD_PROCESS_GUEST_MARK_H

#include <jansson.h>

/* "IGD_HARNESS_GUEST=NAMESPACE-PID-START-NUMBER", of the harness and its guest. */
struct guest_mark {
	char text[112];
};

/* The mark of one more guest of this process. */
struct guest_mark guest_mark_new(void);

/*
 * The variables of ours that a program under test gets (docs/inside/reliability.md lists them), and
 * the mark, unless it is NULL. Ends with NULL; to be freed with free(), and its texts are borrowed
 * from `mark` and from our environment. NULL without memory.
 */
char **guest_environment(const struct guest_mark *mark);

/*
 * Removes all other variables from our environment but those that the harness itself reads: for a
 * library that starts programs under test.
 */
void guest_environment_restrict(void);

/*
 * Kills all processes with that mark, and waits a second for their end. Adds to `leftovers` a text
 * for each that is still there.
 */
void guest_mark_end(const struct guest_mark *mark, json_t *leftovers);

/*
 * Kills all processes with the mark of a harness that is no longer there, as after SIGKILL. Adds to
 * `killed` a text for each. A harness in a different PID namespace counts as there.
 */
void guest_mark_end_lost(json_t *killed);

#endif
