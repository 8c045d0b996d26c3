/*
 * What a cell can require of a host: the words of `requires` (docs/use/matrix.md). Which the host
 * has is found by the checks of a host and by the back end.
 */
#ifndef IGD_PLAN_CAPABILITIES_H
#define IGD_PLAN_CAPABILITIES_H

#include <stdbool.h>

#include "src/problem.h"

/* Of a device model that `run --model NAME=PATH` brings along: this and NAME. */
#define CAPABILITY_MODEL "model-"

/* All others; NULL ends the list. */
extern const char *const capability_names[];

/* Is that one of them? 0, or -EINVAL with the sentence, which lists all. */
int capability_check(const char *name, struct problem *why);

#endif
