#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "harness/commands.h"
#include "harness/diff.h"
#include "harness/judge.h"
#include "harness/patterns.h"
#include "harness/plan.h"
#include "harness/store.h"

static struct {
	const char *matrix;
	struct option_list history;
	bool json;
} given;

static const struct command_option options[] = {
	{ "matrix", "FILE", "judge all of them by this matrix instead of their own",
		.text = &given.matrix },
	{ "history", "DIR",
		"an earlier run; may be given again. A cell that was as expected in none\n"
		"                          of them never passed",
		.list = &given.history },
	{ "json", NULL, "the difference as JSON", .flag = &given.json },
	{ NULL },
};

struct judged {
	struct store store;
	json_t *run, *stored_plan, *findings;
};

static void close_judged(struct judged *judged)
{
	json_decref(judged->run);
	json_decref(judged->stored_plan);
	json_decref(judged->findings);
	store_close(&judged->store);
}

static int open_judged(const char *dir, struct judged *judged, struct problem *why)
{
	struct patterns *patterns = NULL;
	json_t *plan = NULL;
	int r;

	*judged = (struct judged){ .store = STORE_NONE };
	r = store_open(dir, false, &judged->store, &judged->run, &judged->stored_plan, why);
	if (r == 0 && given.matrix)
		r = matrix_plan(given.matrix, NULL, &plan, why);
	if (r == 0)
		r = patterns_choose(NULL, judged->store.dir, &patterns, why);
	if (r == 0)
		r = judge_run(&judged->store, judged->run, judged->stored_plan,
			plan ? plan : judged->stored_plan, patterns, &judged->findings, why);
	patterns_free(patterns);
	json_decref(plan);
	return r;
}

static struct diff_run side(const struct judged *judged)
{
	return (struct diff_run){ &judged->store, judged->run, judged->stored_plan,
		judged->findings };
}

static int print(const json_t *difference)
{
	if (!given.json)
		return diff_render(difference, stdout);
	if (json_dumpf(difference, stdout, JSON_INDENT(1) | JSON_ENSURE_ASCII) < 0)
		return -1;
	return putchar('\n') == EOF ? -1 : 0;
}

static int run(int argc, char **argv)
{
	struct judged judged[2 + OPTION_LIST_MAX];
	struct diff_run runs[2 + OPTION_LIST_MAX];
	size_t count = 0, wanted = 2 + given.history.count;
	struct problem why = { 0 };
	json_t *difference = NULL;
	int r = 0, status;

	if (argc != 2) {
		problem_set(&why, 0, "name two run directories, the earlier first");
		return command_fail(&command_diff, EXIT_USAGE, &why);
	}
	while (r == 0 && count < wanted) {
		const char *dir = count < 2 ? argv[count] : given.history.texts[count - 2];

		r = open_judged(dir, &judged[count], &why);
		runs[count] = side(&judged[count]);
		count++;
	}
	if (r == 0)
		difference = diff_runs(&runs[0], &runs[1], runs + 2, count - 2);
	if (r == 0)
		r = print(difference);
	status = r < 0 ? command_fail(&command_diff, command_status(r), &why)
		       : diff_exit_status(difference);
	json_decref(difference);
	while (count > 0)
		close_judged(&judged[--count]);
	return status;
}

const struct command command_diff = {
	.name = "diff",
	.arguments = "RUN_A RUN_B",
	.summary = "what changed between two runs, cell by cell",
	.description =
		"Judges both run directories and compares them: what is under test, verdicts, and what\n"
		"the guests reported. Each cell gets a class from what was before: regression, like a,\n"
		"never passed, fixed, ... Exit status: 1 if a cell regressed, or fails otherwise than\n"
		"in RUN_A; 0 if not; 2 usage.",
	.options = options,
	.run = run,
};
