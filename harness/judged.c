#include "harness/judged.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "harness/judge.h"
#include "harness/matrix.h"
#include "harness/plan.h"

/* The plan by another matrix, or by other known deviations; NULL if the run's own is to hold. */
static int replan(const char *dir, const struct judged_by *by, json_t **plan_r, struct problem *why)
{
	char *own = NULL;
	int r;

	if (by->matrix)
		return matrix_plan(by->matrix, by->known, plan_r, why);
	if (!by->known)
		return 0;
	if (asprintf(&own, "%s/matrix.yaml", dir) < 0)
		return problem_set(why, -ENOMEM, "out of memory");
	r = matrix_plan(own, by->known, plan_r, why);
	free(own);
	return r;
}

static int open_run(const char *dir, const struct judged_by *by, bool plans, struct judged *judged,
	struct problem *why)
{
	int r;

	*judged = JUDGED_NONE;
	r = store_open(
		dir, false, &judged->store, &judged->run, plans ? &judged->stored_plan : NULL, why);
	if (r == 0)
		r = replan(dir, by, &judged->plan, why);
	if (r == 0 && !judged->plan && plans)
		judged->plan = json_copy(judged->stored_plan);
	if (r == 0 && plans && by->select)
		r = plan_select(judged->plan, by->select->texts, by->select->count, why);
	if (r == 0)
		r = patterns_choose(by->patterns, judged->store.dir, &judged->patterns, why);
	if (r < 0)
		judged_close(judged);
	return r;
}

int judged_open(
	const char *dir, const struct judged_by *by, struct judged *judged, struct problem *why)
{
	return open_run(dir, by, true, judged, why);
}

int judged_open_briefly(
	const char *dir, const struct judged_by *by, struct judged *judged, struct problem *why)
{
	bool own = !by->matrix && !by->known && (!by->select || by->select->count == 0);

	return open_run(dir, by, !own, judged, why);
}

int judged_pour(const struct judged *judged, const struct findings_sink *sink, struct problem *why)
{
	return judge_pour(&judged->store, judged->run, judged->stored_plan, judged->plan,
		judged->patterns, sink, why);
}

int judged_judge(struct judged *judged, struct problem *why)
{
	return judge_run(&judged->store, judged->run, judged->stored_plan, judged->plan,
		judged->patterns, &judged->findings, why);
}

static int open_earlier(const char *dir, const struct judged *now, const struct judged_by *by,
	struct judged *earlier, struct problem *why)
{
	struct judged_by all = *by;
	int r;

	all.select = NULL;
	r = judged_open(dir, &all, earlier, why);
	if (r == 0 && by->select && by->select->count > 0)
		r = plan_keep(earlier->plan, now->plan);
	return r == 0 ? judged_judge(earlier, why) : r;
}

static struct diff_run side(const struct judged *judged)
{
	return (struct diff_run){ &judged->store, judged->run, judged->stored_plan,
		judged->findings };
}

int judged_compare(const char *before, const struct judged *now, const struct string_list *history,
	const struct judged_by *by, json_t **difference_r, struct problem *why)
{
	struct judged earlier[1 + STRING_LIST_MAX];
	struct diff_run sides[1 + STRING_LIST_MAX], last = side(now);
	size_t count = 0;
	int r = 0;

	while (r == 0 && count < 1 + history->count) {
		r = open_earlier(count == 0 ? before : history->texts[count - 1], now, by,
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
		judged_close(&earlier[--count]);
	return r;
}

void judged_close(struct judged *judged)
{
	json_decref(judged->run);
	json_decref(judged->stored_plan);
	json_decref(judged->plan);
	json_decref(judged->findings);
	patterns_free(judged->patterns);
	store_close(&judged->store);
	*judged = JUDGED_NONE;
}
