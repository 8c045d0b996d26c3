#include "harness/judge/shard_identity.h"

#include <errno.h>
#include <stdlib.h>

#include "harness/evidence/fields.h"

int shard_identities_read(
	const json_t *run, struct shard_identities *origins_r, struct problem *why)
{
	const json_t *identities = json_object_get(run, "identities");
	const json_t *shards = json_object_get(identities, "shards"), *shard;
	size_t count = shards ? json_array_size(shards) : 1, i;

	*origins_r =
		(struct shard_identities){ calloc(count ? count : 1, sizeof(struct shard_identity)),
			0 };
	if (!origins_r->of)
		return problem_set(why, -ENOMEM, "no memory for the identities of a run");
	origins_r->count = count;
	if (!shards)
		origins_r->of[0] = (struct shard_identity){ identities, evidence_host(identities) };
	json_array_foreach(shards, i, shard) origins_r->of[i] =
		(struct shard_identity){ shard, evidence_host(shard) };
	return 0;
}

const struct shard_identity *shard_identity_of(const struct shard_identities *shard_identities,
	const json_t *stored_cell, struct problem *why)
{
	json_int_t shard = json_integer_value(json_object_get(stored_cell, "shard"));

	for (size_t i = 0; i < shard_identities->count; i++) {
		const json_t *own = json_object_get(shard_identities->of[i].identities, "shard");

		if (!own || json_integer_value(own) == shard)
			return &shard_identities->of[i];
	}
	problem_set(why, -ENOENT,
		"shard %" JSON_INTEGER_FORMAT ", which has this cell, is not in the merged run",
		shard);
	return NULL;
}

void shard_identities_free(struct shard_identities *shard_identities)
{
	for (size_t i = 0; i < shard_identities->count; i++)
		json_decref(shard_identities->of[i].host);
	free(shard_identities->of);
}
