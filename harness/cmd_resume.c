#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "harness/commands.h"
#include "harness/conduct.h"
#include "harness/patterns.h"

static struct {
	bool quiet;
} given;

static const struct command_option options[] = {
	{ "quiet", NULL, "do not print the table at the end", .flag = &given.quiet },
	{ NULL },
};

/* The device that the killed run had; its guests are gone since the back end was opened. */
static int restore_lease(struct runner *runner, struct problem *why)
{
	struct bdf device;

	if (!runner->backend->devices)
		return 0;
	return lease_restore(runner->backend->devices, runner->host, "", &device, why) < 0 ? -EIO
											   : 0;
}

static int go_on(const struct store *store, const json_t *run, const json_t *plan,
	const struct patterns *patterns, struct problem *why)
{
	struct backend_options host_options;
	struct runner runner = { 0 };
	const char *backend;
	int r;

	if (json_object_get(json_object_get(run, "identities"), "shards")) {
		problem_set(why, 0, "%s is a merged run: go on with the shard that is not whole",
			store->dir);
		return EXIT_USAGE;
	}
	if (conduct_settings_read(
		    json_object_get(run, "settings"), &backend, &host_options, &runner) < 0) {
		problem_set(why, 0,
			"%s/run.json does not have the settings of its run, as before version "
			"0.2: begin a new run",
			store->dir);
		return EXIT_USAGE;
	}
	r = runner_open(&runner, backend, &host_options, why);
	if (r == 0)
		r = restore_lease(&runner, why);
	if (r == 0)
		conduct_identify(&runner, &host_options, plan);
	if (r == 0)
		r = conduct_same(json_object_get(run, "identities"), runner.identities, why);
	if (r == 0)
		r = conduct(&runner, store, run, plan, patterns, given.quiet, why);
	runner_close(&runner);
	return r;
}

static int run(int argc, char **argv)
{
	json_t *stored_run = NULL, *plan = NULL;
	struct patterns *patterns = NULL;
	struct store store = STORE_NONE;
	struct problem why = { 0 };
	int r;

	if (argc != 1) {
		problem_set(&why, 0, "name the run directory to go on with");
		return command_fail(&command_resume, EXIT_USAGE, &why);
	}
	r = store_open(argv[0], true, &store, &stored_run, &plan, &why);
	if (r < 0) {
		r = command_fail(&command_resume, command_status(r), &why);
		goto out;
	}
	r = patterns_choose(NULL, store.dir, &patterns, &why);
	if (r == 0)
		r = go_on(&store, stored_run, plan, patterns, &why);
	if (r < 0 || why.text[0])
		r = command_fail(&command_resume, r < 0 ? EXIT_NO_ANSWER : r, &why);
out:
	patterns_free(patterns);
	json_decref(plan);
	json_decref(stored_run);
	store_close(&store);
	return r;
}

const struct command command_resume = {
	.name = "resume",
	.arguments = "DIR",
	.summary = "go on with a run that was stopped, killed, or lost its host",
	.description =
		"Runs the cells of the run directory DIR that are not over, as they were planned, and\n"
		"judges the whole. The cell that was running is tried again, what it left is kept\n"
		"beside it; one during which the host died twice is given up (MISS). Refused on a host\n"
		"that is not what it was when the run began. Exit status as of run.",
	.options = options,
	.run = run,
};
