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
	struct string_list select, history;
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

static int pour(const struct renderer *renderer, const struct judged *judged,
	const struct render_options *how, FILE *stream, json_t **totals_r, struct problem *why)
{
	struct rendering rendering = { how, stream, 0 };
	struct findings_sink rendered = renderer->sink(&rendering);
	struct findings_sink kept = findings_totals(totals_r);
	struct findings_pair pair = { &rendered, &kept };
	struct findings_sink both = findings_both(&pair);

	return judged_pour(judged, &both, why);
}

/* For a renderer that goes cell by cell. */
static int run_briefly(const char *dir, const struct renderer *renderer, const struct judged_by *by,
	struct render_options *how, json_t **totals_r, struct problem *why)
{
	struct judged judged = JUDGED_NONE;
	struct problem inner = { 0 };
	struct render_file file;
	int r = judged_open_briefly(dir, by, &judged, why);

	if (r == 0 && given.output) {
		how->colour = false;
		r = render_file_begin(&file, given.output, why);
		if (r == 0)
			r = pour(renderer, &judged, how, file.stream, totals_r, &inner);
		/* A file that cannot be written says so itself. */
		if (r < 0 && file.file.error == 0 && inner.text[0])
			problem_set(why, r, "%s", inner.text);
		r = render_file_end(&file, given.output, r, why);
	} else if (r == 0) {
		r = pour(renderer, &judged, how, stdout, totals_r, why);
		if (r == 0 && fflush(stdout) != 0)
			r = problem_set(
				why, -errno, "cannot write the result: %s", strerror(errno));
	}
	judged_close(&judged);
	return r;
}

/* For one that needs the whole, and the record, and perhaps what was before. */
static int run_whole(const char *dir, const struct renderer *renderer, const struct judged_by *by,
	struct render_options *how, json_t **totals_r, struct problem *why)
{
	struct judged judged = JUDGED_NONE;
	struct render_options with = *how;
	struct record record = { 0 };
	json_t *difference = NULL;
	int r = judged_open(dir, by, &judged, why);

	if (r == 0)
		r = judged_judge(&judged, why);
	if (r == 0)
		r = record_open(&judged.store, judged.stored_plan, &record);
	with.record = &record;
	if (r == 0)
		r = compare(&judged, by, &with, &difference, why);
	if (r == 0)
		r = render(renderer, &judged, &with, why);
	*totals_r = json_incref(judged.findings);
	json_decref(difference);
	record_close(&record);
	judged_close(&judged);
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
	struct problem why = { 0 };
	json_t *totals = NULL;
	int r, status;

	if (check_usage(argc, renderer, &why) < 0)
		return command_fail(&command_judge, EXIT_USAGE, &why);
	r = (renderer->sink ? run_briefly : run_whole)(argv[0], renderer, &by, &how, &totals, &why);
	status = r < 0 ? command_fail(&command_judge, command_status(r), &why)
		       : judge_exit_status(totals);
	json_decref(totals);
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
