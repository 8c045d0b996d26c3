/*
 * What a bisection found, completed: the two runs side by side.
 */
#ifndef IGD_BISECT_FOUND_H
#define IGD_BISECT_FOUND_H

#include "harness/bisect_step.h"

/*
 * Adds "last_good", "difference" and "identities" to a bisection (harness/bisect_drive.h), from the
 * runs that its steps name; null where there is none. Returns 0, or a negative errno.
 */
int bisect_compare(const struct bisect_session *session, json_t *found, struct problem *why);

#endif
