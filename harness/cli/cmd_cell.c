#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "harness/cli/commands.h"
#include "harness/cli/fail.h"
#include "harness/plan/plan.h"
#include "harness/session/session.h"

static const struct command_option options[] = { { NULL } };

static bool has_cell(const json_t *plan, const char *name)
{
	json_t *places = plan_places(plan);
	bool has = plan_place(places, name) >= 0;

	json_decref(places);
	return has;
}

static int run_one(const struct store *store, const json_t *run, const json_t *plan,
	const char *name, struct problem *why)
{
	struct backend_options host_options;
	struct patterns *patterns = NULL;
	struct runner runner = { .only = name };
	int r = patterns_choose(NULL, store->dir, &patterns, why);

	runner.patterns = patterns;
	if (r == 0)
		r = session_reopen(&runner, &host_options, store, run, plan, why);
	if (r == 0)
		r = runner_run(&runner, store, plan, why);
	if (r == 0 && runner.stopped)
		r = problem_set(why, -EINTR, "the cell was stopped");
	runner_close(&runner);
	patterns_free(patterns);
	return r;
}

static int run(int argc, char **argv)
{
	json_t *stored_run = NULL, *plan = NULL;
	struct store store = STORE_NONE;
	struct problem why = { 0 };
	int r;

	if (argc != 2) {
		problem_set(&why, 0, "name a run directory and one of its cells");
		return command_fail(&command_cell, EXIT_USAGE, &why);
	}
	r = store_open(argv[0], true, &store, &stored_run, &plan, &why);
	if (r == 0 && !has_cell(plan, argv[1]))
		r = problem_set(&why, -ENOENT, "%s has no cell %.200s", argv[0], argv[1]);
	if (r == 0)
		r = run_one(&store, stored_run, plan, argv[1], &why) < 0 ? -EIO : 0;
	if (r < 0)
		r = command_fail(&command_cell, exit_status_of(r), &why);
	json_decref(plan);
	json_decref(stored_run);
	store_close(&store);
	return r;
}

const struct command command_cell = {
	.name = "cell",
	.arguments = "DIR NAME",
	.summary = "run one cell of a run directory on this host; judge nothing",
	.description =
		"Runs the cell NAME of the run directory DIR unless it has ended; of a cell that is\n"
		"repeated, NAME/3 is the third repeat. A controller runs\n"
		"this command on its host under test (`run --dut`), one cell at a time. Exit status:\n"
		"0 the cell has ended, whatever its verdict will be; 2 usage; 3 the cell could not be\n"
		"run, or was stopped.",
	.options = options,
	.run = run,
};
