#include "harness/compare/stored.h"

#include <errno.h>

#include "harness/compare/diff.h"
#include "harness/plan/plan.h"

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

int compare_stored(const char *before, const struct stored_run *now,
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
