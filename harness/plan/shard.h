/*
 * Shards: a plan cut into pieces for several hosts. One host has one IGD, so what is handed out is
 * a set of cells. The cut needs no engine: whoever has the matrix and "2/4" gets the same cells.
 *
 * A shard's run has the whole plan, so that its cells have the numbers of the whole and `merge`
 * (harness/store/merge.h) can tell what is missing:
 *   plan:  "shard": {"index": 2, "count": 4}     which one this is, from 1; absent: not sharded.
 *                                                Without "index" it is the merged run
 *   cell:  "shard": 2                            whose it is
 *
 * The cells of a shard stay together by what costs to change: the guest's image, and whether a
 * device is passed through, whose lease is kept between cells.
 */
#ifndef IGD_PLAN_SHARD_H
#define IGD_PLAN_SHARD_H

#include <jansson.h>
#include <stdbool.h>

#include "src/problem.h"

#define SHARDS_MAX 1000

/*
 * Makes of a plan the shard that `text` names, "INDEX/COUNT" from 1; of NULL nothing. The sizes of
 * the shards differ by one cell at most. Returns 0, or -EINVAL with the sentence: no such shard, or
 * more shards than cells.
 */
int shard_cut(json_t *plan, const char *text, struct problem *why);

/* Does the cell belong to another shard than the plan's own? */
bool shard_is_elsewhere(const json_t *plan, const json_t *cell);

/* For findings: the plan's "shard" with "elsewhere", the number of cells that others have. A new
 * object, or NULL without memory. */
json_t *shard_describe(const json_t *plan, size_t elsewhere);

/* The number of cells that are not elsewhere. */
size_t shard_size(const json_t *plan);

#endif
