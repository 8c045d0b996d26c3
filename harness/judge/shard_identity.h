/*
 * Where the cells of a run were recorded: on one host, or in a merged run (harness/store/merge.h)
 * on that of each shard. A cell is judged by the identities of its own host.
 */
#ifndef IGD_JUDGE_SHARD_IDENTITY_H
#define IGD_JUDGE_SHARD_IDENTITY_H

#include <jansson.h>

#include "src/problem.h"

struct shard_identity {
	const json_t *identities; /* borrowed from the run */
	json_t *host;             /* evidence_host() of them */
};

struct shard_identities {
	struct shard_identity *of; /* one, or one a shard in no order */
	size_t count;
};

/* Reads them from a run document, which must outlive them. Returns 0, to be freed with
 * shard_identities_free(), or -ENOMEM. */
int shard_identities_read(
	const json_t *run, struct shard_identities *origins_r, struct problem *why);

/*
 * That of a cell of the stored plan, or NULL with the sentence if the cell's shard is not in the
 * merged run.
 */
const struct shard_identity *shard_identity_of(const struct shard_identities *shard_identities,
	const json_t *stored_cell, struct problem *why);

void shard_identities_free(struct shard_identities *shard_identities);

#endif
