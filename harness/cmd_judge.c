#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/commands.h"
#include "harness/judge.h"
#include "harness/plan.h"
#include "harness/record.h"
#include "harness/render.h"
#include "harness/render_file.h"
#include "harness/store.h"

static struct {
	const char *matrix, *known, *patterns, *format, *output;
	struct option_list select;
} given = { .format = "table" };

static const struct command_option options[] = {
	{ "matrix", "FILE", "judge by this matrix instead of the run's own",
		.text = &given.matrix },
	{ "known", "FILE",
		"the known deviations (default: the run's own, or with --matrix those\n"
		"                          beside that matrix)",
		.text = &given.known },
	{ "patterns", "FILE",
		"what lines of the logs mean (default: IGD_PATTERNS, or the file\n"
		"                          installed with the program, or the run's own)",
		.text = &given.patterns },
	{ "select", "GLOB", "only cells whose name matches; may be given again",
		.list = &given.select },
	{ "format", "NAME", "how to say it (default: table; docs/formats.md)",
		.text = &given.format, .nth = renderer_name },
	{ "output", "FILE", "write it there, whole, instead of to the terminal",
		.text = &given.output },
	{ NULL },
};

/* The plan by another matrix, or by other known deviations; NULL if the run's own is to hold. */
static int replan(const char *dir, json_t **plan_r, struct problem *why)
{
	char *own = NULL;
	int r = 0;

	if (given.matrix)
		return matrix_plan(given.matrix, given.known, plan_r, why);
	if (!given.known)
		return 0;
	if (asprintf(&own, "%s/matrix.yaml", dir) < 0)
		return problem_set(why, -ENOMEM, "out of memory");
	r = matrix_plan(own, given.known, plan_r, why);
	free(own);
	return r;
}

static int run(int argc, char **argv)
{
	struct render_options how = { .colour = isatty(1) == 1, .verbose = true };
	json_t *stored_run = NULL, *stored_plan = NULL, *plan = NULL, *findings = NULL;
	const struct renderer *renderer = renderer_find(given.format);
	struct patterns *patterns = NULL;
	struct store store = STORE_NONE;
	struct record record = { 0 };
	struct problem why = { 0 };
	int r, status;

	if (argc != 1 || !renderer) {
		problem_set(&why, 0,
			argc != 1 ? "name one run directory"
				  : "no format \"%.100s\"; igd-harness judge --help lists them",
			given.format);
		return command_fail(&command_judge, EXIT_USAGE, &why);
	}
	r = store_open(argv[0], false, &store, &stored_run, &stored_plan, &why);
	if (r == 0)
		r = replan(argv[0], &plan, &why);
	if (r < 0)
		goto out;
	if (!plan)
		plan = json_copy(stored_plan);
	r = plan_select(plan, given.select.texts, given.select.count, &why);
	if (r == 0)
		r = patterns_choose(given.patterns, store.dir, &patterns, &why);
	if (r == 0)
		r = judge_run(&store, stored_run, stored_plan, plan, patterns, &findings, &why);
	if (r < 0)
		goto out;
	r = record_open(&store, stored_plan, &record);
	if (r < 0)
		goto out;
	how.record = &record;
	if (given.output) {
		r = render_file(renderer, findings, &how, given.output, &why);
	} else {
		r = renderer->render(findings, &how, stdout);
		if (r == 0 && fflush(stdout) != 0)
			r = -errno;
		if (r < 0)
			problem_set(&why, r, "cannot write the result: %s", strerror(-r));
	}
out:
	status = r < 0 ? command_fail(&command_judge, command_status(r), &why)
		       : judge_exit_status(findings);
	record_close(&record);
	json_decref(findings);
	patterns_free(patterns);
	json_decref(plan);
	json_decref(stored_plan);
	json_decref(stored_run);
	store_close(&store);
	return status;
}

const struct command command_judge = {
	.name = "judge",
	.arguments = "DIR",
	.summary = "judge a stored run again, offline",
	.description =
		"Judges the run directory DIR from its record alone: by its own frozen matrix, or by\n"
		"another, and searches its logs for lines whose meaning is known. Changes nothing in\n"
		"DIR.",
	.options = options,
	.run = run,
};
