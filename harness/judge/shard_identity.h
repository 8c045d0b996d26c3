/*
 * Where the cells of a run were recorded: on one host, or in a merged run (harness/store/merge.h)
 * on that of each shard. A cell is judged by the identities of its own host.
 */
#ifndef IGD_JUDGE_SHARD_IDENTITY_H
#define IGD_JUDGE_SHARD_IDENTITY_H

#include <jansson.h>

#include "src/problem.h"

struct origin {
	const json_t *identities; /* borrowed from the run */
	json_t *host;             /* sight_host() of them */
};

struct origins {
	struct origin *of; /* one, or one a shard in no order */
	size_t count;
};

/* Reads them from a run document, which must outlive them. Returns 0, to be freed with
 * origins_free(), or -ENOMEM. */
int origins_read(const json_t *run, struct origins *origins_r, struct problem *why);

/*
 * That of a cell of the stored plan, or NULL with the sentence if the cell's shard is not in the
 * merged run.
 */
const struct origin *origin_of(
	const struct origins *origins, const json_t *stored_cell, struct problem *why);

void origins_free(struct origins *origins);

#endif
