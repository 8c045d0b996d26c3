#include "harness/judge/stored_run.h"

#include "harness/judge/judge.h"
#include "harness/matrix/matrix.h"
#include "harness/plan/choice/choice.h"

/* The plan by another matrix, or by other known deviations; NULL if the run's own is to hold. */
static int replan(const struct store *store, const struct stored_run_options *options,
	json_t **plan_r, struct problem *why)
{
	if (options->matrix)
		return matrix_plan(options->matrix, options->known, plan_r, why);
	if (!options->known)
		return 0;
	return matrix_plan_of_run(store->dir_fd, store->dir, options->known, plan_r, why);
}

static int open_run(const char *dir, const struct stored_run_options *options, bool plans,
	struct stored_run *stored, struct problem *why)
{
	int r;

	*stored = STORED_RUN_NONE;
	r = store_open(
		dir, false, &stored->store, &stored->run, plans ? &stored->stored_plan : NULL, why);
	if (r == 0)
		r = replan(&stored->store, options, &stored->plan, why);
	if (r == 0 && !stored->plan && plans)
		stored->plan = json_copy(stored->stored_plan);
	if (r == 0 && plans && options->select)
		r = plan_select(stored->plan, options->select->texts, options->select->count, why);
	if (r == 0)
		r = patterns_choose(options->patterns, stored->store.dir, &stored->patterns, why);
	if (r < 0)
		stored_run_close(stored);
	return r;
}

int stored_run_open(const char *dir, const struct stored_run_options *options,
	struct stored_run *stored, struct problem *why)
{
	return open_run(dir, options, true, stored, why);
}

int stored_run_open_stream(const char *dir, const struct stored_run_options *options,
	struct stored_run *stored, struct problem *why)
{
	bool own = !options->matrix && !options->known &&
		   (!options->select || options->select->count == 0);

	return open_run(dir, options, !own, stored, why);
}

struct judge_request stored_run_request(
	const struct stored_run *stored, const struct findings_sink *sink)
{
	return (struct judge_request){ &stored->store, stored->run, stored->stored_plan,
		stored->plan, stored->patterns, sink };
}

int stored_run_judge(struct stored_run *stored, struct problem *why)
{
	struct judge_request request = stored_run_request(stored, NULL);

	return judge_collect(&request, &stored->findings, why);
}

void stored_run_close(struct stored_run *stored)
{
	json_decref(stored->run);
	json_decref(stored->stored_plan);
	json_decref(stored->plan);
	json_decref(stored->findings);
	patterns_free(stored->patterns);
	store_close(&stored->store);
	*stored = STORED_RUN_NONE;
}
