#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "harness/commands.h"
#include "harness/judge.h"
#include "harness/judged.h"
#include "harness/record.h"
#include "harness/render.h"
#include "harness/render_file.h"

static struct {
	const char *matrix, *known, *patterns, *format, *output, *baseline;
	struct option_list select, history;
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
	{ "baseline", "RUN",
		"for a qualification: an earlier run, judged alike, and what changed\n"
		"                          since it, cell by cell",
		.text = &given.baseline },
	{ "history", "RUN",
		"a run before the baseline; may be given again. A cell that was as\n"
		"                          expected in none of them never passed",
		.list = &given.history },
	{ NULL },
};

/* What changed since the baseline, for the renderer; none without one. */
static int compare(const struct judged *judged, const struct judged_by *by,
	struct render_options *how, json_t **difference_r, struct problem *why)
{
	int r;

	if (!given.baseline)
		return 0;
	r = judged_compare(given.baseline, judged, &given.history, by, difference_r, why);
	how->difference = *difference_r;
	return r;
}

static int render(const struct renderer *renderer, const struct judged *judged,
	const struct render_options *how, struct problem *why)
{
	int r;

	if (given.output)
		return render_file(renderer, judged->findings, how, given.output, why);
	r = renderer->render(judged->findings, how, stdout);
	if (r == 0 && fflush(stdout) != 0)
		r = -errno;
	if (r < 0)
		problem_set(why, r, "cannot write the result: %s", strerror(-r));
	return r;
}

static int check_usage(int argc, const struct renderer *renderer, struct problem *why)
{
	if (argc != 1)
		return problem_set(why, -EINVAL, "name one run directory");
	if (!renderer)
		return problem_set(why, -EINVAL,
			"no format \"%.100s\"; igd-harness judge --help lists them", given.format);
	if (given.baseline && !renderer->compares)
		return problem_set(why, -EINVAL,
			"--baseline is for the formats qualification-md and qualification-html; "
			"igd-harness diff compares two runs at a terminal");
	if (given.history.count > 0 && !given.baseline)
		return problem_set(why, -EINVAL, "--history says what was before a --baseline");
	return 0;
}

static int run(int argc, char **argv)
{
	struct judged_by by = { given.matrix, given.known, given.patterns, &given.select };
	struct render_options how = { .colour = isatty(1) == 1, .verbose = true };
	const struct renderer *renderer = renderer_find(given.format);
	struct judged judged = JUDGED_NONE;
	struct record record = { 0 };
	struct problem why = { 0 };
	json_t *difference = NULL;
	int r, status;

	if (check_usage(argc, renderer, &why) < 0)
		return command_fail(&command_judge, EXIT_USAGE, &why);
	r = judged_open(argv[0], &by, &judged, &why);
	if (r == 0)
		r = judged_judge(&judged, &why);
	if (r == 0)
		r = record_open(&judged.store, judged.stored_plan, &record);
	how.record = &record;
	if (r == 0)
		r = compare(&judged, &by, &how, &difference, &why);
	if (r == 0)
		r = render(renderer, &judged, &how, &why);
	status = r < 0 ? command_fail(&command_judge, command_status(r), &why)
		       : judge_exit_status(judged.findings);
	json_decref(difference);
	record_close(&record);
	judged_close(&judged);
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
