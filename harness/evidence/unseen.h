/*
 * Fields of a guest's report that nobody could look at, or of which nobody knows what they should
 * be: those of the driver of an Intel GPU of a generation that nobody has tried.
 */
#ifndef IGD_EVIDENCE_UNSEEN_H
#define IGD_EVIDENCE_UNSEEN_H

#include <jansson.h>

#include "src/problem.h"

/*
 * Can a value of that field be compared with what is expected? 0, or -ENOTSUP with the sentence:
 *
 *   igd/engine  if the agent executes no batch on the driver that the GPU has
 *   igd/driver  if results/data/igd-ids.yaml does not have the GPU, unless it is i915's: Linux has
 *               two drivers
 *   the others  of a driver, if that GPU has no driver, and none has said why
 */
int evidence_unseen(const json_t *report, const char *name, struct problem *why);

#endif
