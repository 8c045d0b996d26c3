#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "harness/cli/commands.h"
#include "harness/cli/fail.h"
#include "harness/cli/wishes.h"
#include "harness/dut/driver.h"
#include "harness/logs/patterns.h"
#include "harness/session/session.h"

static struct {
	struct wish_texts wishes;
	bool quiet, verbose;
} opts;

static const struct command_option options[] = {
	WISH_OPTIONS(opts.wishes),
	{ "quiet", NULL, "print only warnings and errors", .flag = &opts.quiet },
	{ "verbose", NULL, "print every field of every cell", .flag = &opts.verbose },
	{ NULL },
};

/* On this host, or on the host under test that the run names. */
static int go_on(const struct store *store, const json_t *run, const json_t *plan,
	const struct patterns *patterns, const struct session_wishes *wishes, struct problem *why)
{
	struct backend_options host_options;
	struct runner runner = { 0 };
	int r;

	if (json_object_get(json_object_get(run, "identities"), "shards"))
		return problem_set(why, -ENOTSUP,
			"%s is a merged run: resume the shard that is incomplete", store->dir);
	if (json_object_get(run, "dut") && wishes->first)
		return problem_set(why, -ENOTSUP,
			"--order does not work with the run of a host under test: leave it out");
	if (json_object_get(run, "dut"))
		return dut_resume(store, run, plan, patterns, wishes, why);
	runner.like = store->dir;
	r = session_reopen(&runner, &host_options, store, run, plan, why);
	if (r == 0)
		r = session_run(&runner, store, run, plan, patterns, wishes, why);
	runner_close(&runner);
	return r;
}

static int run(int argc, char **argv)
{
	json_t *stored_run = NULL, *plan = NULL;
	struct patterns *patterns = NULL;
	struct session_wishes wishes = { .level = output_level(opts.quiet, opts.verbose) };
	struct store store = STORE_NONE;
	struct problem why = { 0 };
	int r;

	if (argc != 1) {
		problem_set(&why, 0, "name the run directory to continue");
		return command_fail(&command_resume, EXIT_USAGE, &why);
	}
	r = wishes_read(&opts.wishes, &wishes, &why);
	if (r == 0) {
		r = store_open(argv[0], true, &store, &stored_run, &plan, &why);
		if (r == -ENOENT)
			dut_forsake(argv[0]);
	}
	if (r < 0) {
		r = command_fail(&command_resume, exit_status_of(r), &why);
		goto out;
	}
	r = patterns_choose(NULL, store.dir, &patterns, &why);
	if (r == 0)
		r = go_on(&store, stored_run, plan, patterns, &wishes, &why);
	if (r < 0)
		r = command_fail(
			&command_resume, r == -ENOTSUP ? EXIT_USAGE : EXIT_NO_ANSWER, &why);
out:
	patterns_free(patterns);
	json_decref((json_t *)wishes.first);
	json_decref(plan);
	json_decref(stored_run);
	store_close(&store);
	return r;
}

const struct command command_resume = {
	.name = "resume",
	.arguments = "DIR",
	.summary = "continue a run that was stopped or killed, or whose host failed",
	.description =
		"Runs the cells of the run directory DIR that have not ended, as planned, and judges\n"
		"the whole run. The cell that was interrupted is run again, and the evidence of the\n"
		"interrupted attempt is kept beside it; a cell during which the host died twice is\n"
		"given up (MISS). Refuses to continue if the software under test, the guest images or\n"
		"the machine are not those of the run's beginning, or if the host broke during the\n"
		"run and was not rebooted since. A run on a host under test continues there. Exit\n"
		"status as of run.",
	.options = options,
	.run = run,
};
