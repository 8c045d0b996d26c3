/*
 * Completes the result of a bisection: compares its last good and its first bad run.
 */
#ifndef IGD_BISECT_LAST_PAIR_H
#define IGD_BISECT_LAST_PAIR_H

#include "harness/bisect/step/step.h"

/*
 * Adds "last_good", "difference" and "identities" to the document (harness/bisect/driver.h), from
 * the runs that its steps name; null if there is no such run. Returns 0, or a negative errno.
 */
int bisect_compare(const struct bisect_session *session, json_t *result, struct problem *why);

#endif
