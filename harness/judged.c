#include "harness/judged.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "harness/judge.h"
#include "harness/matrix.h"
#include "harness/plan.h"

/* The plan by another matrix, or by other known deviations; NULL if the run's own is to hold. */
static int replan(const char *dir, const struct stored_run_options *options, json_t **plan_r,
	struct problem *why)
{
	char *own = NULL;
	int r;

	if (options->matrix)
		return matrix_plan(options->matrix, options->known, plan_r, why);
	if (!options->known)
		return 0;
	if (asprintf(&own, "%s/matrix.yaml", dir) < 0)
		return problem_set(why, -ENOMEM, "out of memory");
	r = matrix_plan(own, options->known, plan_r, why);
	free(own);
	return r;
}

static int open_run(const char *dir, const struct stored_run_options *options, bool plans,
	struct stored_run *stored, struct problem *why)
{
	int r;

	*stored = STORED_RUN_NONE;
	r = store_open(
		dir, false, &stored->store, &stored->run, plans ? &stored->stored_plan : NULL, why);
	if (r == 0)
		r = replan(dir, options, &stored->plan, why);
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

static int open_earlier(const char *dir, const struct stored_run *now,
	const struct stored_run_options *options, struct stored_run *earlier, struct problem *why)
{
	struct stored_run_options all = *options;
	int r;

	all.select = NULL;
	r = stored_run_open(dir, &all, earlier, why);
	if (r == 0 && options->select && options->select->count > 0)
		r = plan_keep(earlier->plan, now->plan);
	return r == 0 ? stored_run_judge(earlier, why) : r;
}

static struct diff_run side(const struct stored_run *stored)
{
	return (struct diff_run){ &stored->store, stored->run, stored->stored_plan,
		stored->findings };
}

int stored_run_compare(const char *before, const struct stored_run *now,
	const struct string_list *history, const struct stored_run_options *options,
	json_t **difference_r, struct problem *why)
{
	struct stored_run earlier[1 + STRING_LIST_MAX];
	struct diff_run sides[1 + STRING_LIST_MAX], last = side(now);
	size_t count = 0;
	int r = 0;

	while (r == 0 && count < 1 + history->count) {
		r = open_earlier(count == 0 ? before : history->texts[count - 1], now, options,
			&earlier[count], why);
		sides[count] = side(&earlier[count]);
		count++;
	}
	if (r == 0) {
		*difference_r = diff_runs(&sides[0], &last, sides + 1, count - 1);
		if (!*difference_r)
			r = problem_set(why, -ENOMEM, "no memory to compare the runs");
	}
	while (count > 0)
		stored_run_close(&earlier[--count]);
	return r;
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
