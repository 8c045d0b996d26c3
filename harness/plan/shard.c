#include "harness/plan/shard.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/plan/schedule.h"

static int parse(
	const char *text, size_t cells, size_t *index_r, size_t *count_r, struct problem *why)
{
	int end = 0;

	if (strspn(text, "0123456789/") != strlen(text) || strlen(text) > 9 ||
		sscanf(text, "%zu/%zu%n", index_r, count_r, &end) != 2 || text[end] ||
		*index_r < 1 || *index_r > *count_r || *count_r > SHARDS_MAX)
		return problem_set(why, -EINVAL,
			"--shard takes INDEX/COUNT, such as 2/4 for the second of four, not "
			"\"%.40s\"",
			text);
	if (*count_r > cells)
		return problem_set(why, -EINVAL,
			"%zu cells cannot be divided into %zu shards: use at most %zu", cells,
			*count_r, cells);
	return 0;
}

int shard_cut(json_t *plan, const char *text, struct problem *why)
{
	json_t *cells = json_object_get(plan, "cells");
	size_t total = json_array_size(cells), index, count, *places;
	int r;

	if (!text)
		return 0;
	r = parse(text, total, &index, &count, why);
	if (r < 0)
		return r;
	places = calloc(total, sizeof(*places));
	if (!places || schedule_order(cells, NULL, places) < 0) {
		free(places);
		return problem_set(why, -ENOMEM, "no memory to divide the plan into shards");
	}
	for (size_t i = 0; i < total; i++)
		json_object_set_new(json_array_get(cells, places[i]), "shard",
			json_integer((json_int_t)(i * count / total + 1)));
	free(places);
	json_object_set_new(plan, "shard",
		json_pack("{s:I, s:I}", "index", (json_int_t)index, "count", (json_int_t)count));
	return 0;
}

bool shard_is_elsewhere(const json_t *plan, const json_t *cell)
{
	const json_t *own = json_object_get(json_object_get(plan, "shard"), "index");

	return own && json_integer_value(own) != json_integer_value(json_object_get(cell, "shard"));
}

json_t *shard_describe(const json_t *plan, size_t elsewhere)
{
	json_t *shard = json_deep_copy(json_object_get(plan, "shard"));

	json_object_set_new(shard, "elsewhere", json_integer((json_int_t)elsewhere));
	return shard;
}

size_t shard_size(const json_t *plan)
{
	const json_t *cell;
	size_t i, size = 0;

	json_array_foreach(json_object_get(plan, "cells"), i, cell) size +=
		!shard_is_elsewhere(plan, cell);
	return size;
}
