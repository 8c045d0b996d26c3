/*
 * Merging: the runs of the shards of one plan (harness/plan/shard.h) into one run directory, which
 * is judged, bundled and compared like any other. It has the whole plan, the cells of all shards
 * with their evidence and seals, and a run.json without settings, for nobody can go on with it
 * (docs/schema/run.json).
 *
 * Beside it is host.shard-1.json, what the host of that shard could do (docs/labs/preflight.md),
 * for each that has one. Each cell is judged by the identities of its own shard. What makes one
 * shard no hardware (its place, a phantom, a replay) stands in the identities of the whole as well.
 * A shard that is not there leaves its cells unrun, and they are MISS.
 */
#ifndef IGD_STORE_MERGE_H
#define IGD_STORE_MERGE_H

#include <jansson.h>

#include "src/problem.h"

#define MERGE_HOST_FILE "host.shard-%" JSON_INTEGER_FORMAT ".json"

/*
 * Merges the run directories in `dirs` into `out`, which must not exist. Returns 0, and in
 * *missing_r the numbers of the shards that are not among them (a new array); -EINVAL if they are
 * not shards of one plan, or one comes twice; -EBUSY while one is being written; another negative
 * errno; each with the sentence, and nothing made.
 */
int merge_runs(
	char *const *dirs, size_t count, const char *out, json_t **missing_r, struct problem *why);

/* What is the same in `a` and `b`: of objects their common members, of all else equal values. A new
 * reference, or NULL if nothing is. */
json_t *merge_common(const json_t *a, const json_t *b);

#endif
