#include "harness/session/enough.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/below/below.h"
#include "harness/base/clock.h"
#include "harness/base/install_paths.h"
#include "harness/judge/judge.h"
#include "harness/plan/shard.h"
#include "harness/store/seal.h"
#include "harness/store/stopped.h"
#include "src/document.h"
#include "src/verdict.h"

struct session_enough session_enough_begin(const struct session_wishes *wishes,
	const struct store *store, const json_t *run, const json_t *plan,
	const struct patterns *patterns)
{
	/* A disk that fails now fails the run, too. */
	stopped_remove(store, NULL);
	return (struct session_enough){ .wishes = wishes,
		.store = store,
		.run = run,
		.plan = plan,
		.patterns = patterns,
		.began_us = clock_us() };
}

bool session_enough_reached(struct session_enough *enough)
{
	const struct session_wishes *wishes = enough->wishes;

	if (enough->reached)
		return true;
	if (wishes->max_fail > 0 && enough->failed >= wishes->max_fail) {
		snprintf(enough->why, sizeof(enough->why), "%u cell%s FAIL (--max-fail %u)",
			enough->failed, enough->failed == 1 ? " is" : "s are", wishes->max_fail);
		enough->reached = true;
	} else if (wishes->time_limit_ms > 0 &&
		   clock_us() - enough->began_us >= wishes->time_limit_ms * 1000) {
		snprintf(enough->why, sizeof(enough->why), "%llu s have passed (--time-limit)",
			(unsigned long long)(wishes->time_limit_ms / 1000));
		enough->reached = true;
	}
	return enough->reached;
}

/* The plan with that cell alone, or NULL without memory. */
static json_t *plan_of_one(const json_t *plan, size_t index)
{
	json_t *one = json_copy((json_t *)plan);
	json_t *cell = json_array_get(json_object_get(plan, "cells"), index);

	if (one && json_object_set_new(one, "cells", json_pack("[O]", cell)) < 0) {
		json_decref(one);
		return NULL;
	}
	return one;
}

void session_enough_cell(struct session_enough *enough, size_t index)
{
	json_t *one = enough->wishes->max_fail > 0 ? plan_of_one(enough->plan, index) : NULL;
	json_t *findings = NULL;
	const struct judge_request request = { enough->store, enough->run, enough->plan, one,
		enough->patterns, NULL };

	if (one && judge_collect(&request, &findings, NULL) == 0 &&
		strcmp(document_text(findings, "verdict"), verdict_name(VERDICT_FAIL)) == 0)
		enough->failed++;
	json_decref(findings);
	json_decref(one);
}

int session_enough_keep(
	const struct session_enough *enough, const json_t *plan, struct problem *why)
{
	return enough->reached && session_cells_left(enough->store, plan) > 0
		       ? stopped_write(enough->store, enough->why, why)
		       : 0;
}

bool session_cell_is_over(const struct store *store, size_t index, const char *name)
{
	int fd = store_cell(store, index, name, false, NULL);
	bool sealed = fd >= 0 && below_exists(fd, SEAL_FILE);

	if (fd >= 0)
		close(fd);
	return sealed;
}

size_t session_cells_left(const struct store *store, const json_t *plan)
{
	const json_t *cell;
	size_t i, left = 0;

	json_array_foreach(json_object_get(plan, "cells"), i, cell) left +=
		!shard_is_elsewhere(plan, cell) &&
		!session_cell_is_over(store, i, document_text(cell, "name"));
	return left;
}

void session_tell_stopped(
	const struct session_enough *enough, const struct store *store, const json_t *plan)
{
	size_t left = session_cells_left(store, plan);

	if (left == 0)
		return;
	if (enough->reached)
		fprintf(stderr,
			"igd-harness: %s: %zu cell%s not run; `%s resume %s` continues the run\n",
			enough->why, left, left == 1 ? " was" : "s were", install_program(),
			store->dir);
	else
		fprintf(stderr, "igd-harness: stopped; `%s resume %s` continues the run\n",
			install_program(), store->dir);
}
