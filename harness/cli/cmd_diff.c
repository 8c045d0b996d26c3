#include <jansson.h>
#include <stdio.h>

#include "harness/cli/commands.h"
#include "harness/cli/fail.h"
#include "harness/compare/diff.h"
#include "harness/compare/stored.h"
#include "harness/judge/stored_run.h"

static struct {
	const char *matrix;
	struct string_list history;
	bool json;
} opts;

static const struct command_option options[] = {
	{ "matrix", "FILE", "judge both runs by this matrix instead of their own",
		.text = &opts.matrix },
	{ "history", "DIR",
		"an earlier run; repeatable. A cell that was as expected in none of these\n"
		"                          runs is classed \"never passed\"",
		.list = &opts.history },
	{ "json", NULL, "the difference as JSON", .flag = &opts.json },
	{ NULL },
};

static int print(const json_t *difference)
{
	if (!opts.json)
		return diff_render(difference, stdout);
	json_dumpf(difference, stdout, JSON_INDENT(1) | JSON_ENSURE_ASCII);
	putchar('\n');
	return 0;
}

static int run(int argc, char **argv)
{
	struct stored_run_options by = { .matrix = opts.matrix };
	struct stored_run later = STORED_RUN_NONE;
	struct problem why = { 0 };
	json_t *difference = NULL;
	int r, status;

	if (argc != 2) {
		problem_set(&why, 0, "name two run directories, the earlier first");
		return command_fail(&command_diff, EXIT_USAGE, &why);
	}
	r = stored_run_open(argv[1], &by, &later, &why);
	if (r == 0)
		r = stored_run_judge(&later, &why);
	if (r == 0)
		r = compare_stored(argv[0], &later, &opts.history, &by, &difference, &why);
	if (r == 0)
		r = print(difference);
	status = r < 0 ? command_fail(&command_diff, exit_status_of(r), &why)
		       : diff_exit_status(difference);
	json_decref(difference);
	stored_run_close(&later);
	return status;
}

const struct command command_diff = {
	.name = "diff",
	.arguments = "RUN_A RUN_B",
	.summary = "compare two runs, cell by cell",
	.description =
		"Judges both run directories and compares the software under test, the verdicts, and\n"
		"the reports of the guests. Each cell is classed by its verdicts before: regression,\n"
		"like a, never passed, fixed, ... Exit status: 1 if a cell regressed, fails\n"
		"differently than in RUN_A, or is not in RUN_B; 0 otherwise; 2 usage.",
	.options = options,
	.run = run,
};
