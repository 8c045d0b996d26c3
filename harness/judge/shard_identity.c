#include "harness/judge/shard_identity.h"

#include <errno.h>
#include <stdlib.h>

#include "harness/evidence/fields.h"

int origins_read(const json_t *run, struct origins *origins_r, struct problem *why)
{
	const json_t *identities = json_object_get(run, "identities");
	const json_t *shards = json_object_get(identities, "shards"), *shard;
	size_t count = shards ? json_array_size(shards) : 1, i;

	*origins_r = (struct origins){ calloc(count ? count : 1, sizeof(struct origin)), 0 };
	if (!origins_r->of)
		return problem_set(why, -ENOMEM, "no memory for the identities of a run");
	origins_r->count = count;
	if (!shards)
		origins_r->of[0] = (struct origin){ identities, sight_host(identities) };
	json_array_foreach(shards, i, shard) origins_r->of[i] =
		(struct origin){ shard, sight_host(shard) };
	return 0;
}

const struct origin *origin_of(
	const struct origins *origins, const json_t *stored_cell, struct problem *why)
{
	json_int_t shard = json_integer_value(json_object_get(stored_cell, "shard"));

	for (size_t i = 0; i < origins->count; i++) {
		const json_t *own = json_object_get(origins->of[i].identities, "shard");

		if (!own || json_integer_value(own) == shard)
			return &origins->of[i];
	}
	problem_set(why, -ENOENT,
		"shard %" JSON_INTEGER_FORMAT ", which has this cell, is not in the merged run",
		shard);
	return NULL;
}

void origins_free(struct origins *origins)
{
	for (size_t i = 0; i < origins->count; i++)
		json_decref(origins->of[i].host);
	free(origins->of);
}
