#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/install_paths.h"
#include "harness/cli/commands.h"
#include "harness/cli/fail.h"
#include "harness/compare/stored.h"
#include "harness/judge/judge.h"
#include "harness/judge/stored_run.h"
#include "harness/report/file.h"
#include "harness/report/formats.h"
#include "harness/run/terminal.h"
#include "harness/session/status.h"
#include "harness/store/record_view.h"

static struct {
	const char *matrix, *known, *patterns, *format, *output, *baseline, *in_reply_to, *base_url;
	struct string_list select, history;
	bool quiet, verbose;
} opts = { .format = "table" };

static const struct command_option options[] = {
	{ "matrix", "FILE", "judge by this matrix instead of the run's own", .text = &opts.matrix },
	{ "known", "FILE",
		"the known deviations (default: the run's own, or with --matrix those\n"
		"                          beside that matrix)",
		.text = &opts.known },
	{ "patterns", "FILE",
		"the patterns of log lines (default: IGD_PATTERNS, the file installed\n"
		"                          with the program, or the run's own)",
		.text = &opts.patterns },
	{ "select", "GLOB", "only cells whose name matches GLOB; repeatable",
		.list = &opts.select },
	{ "format", "NAME", "the output format (default: table; docs/use/formats.md)",
		.text = &opts.format, .nth = renderer_name },
	{ "json", NULL, "the same as --format json", .text = &opts.format, .value = "json" },
	{ "output", "FILE", "write the output to FILE, atomically, instead of to the terminal",
		.text = &opts.output },
	{ "baseline", "RUN",
		"for the qualification formats: an earlier run, judged in the same way;\n"
		"                          the report lists each cell that changed since",
		.text = &opts.baseline },
	{ "history", "RUN",
		"a run before the baseline; repeatable. A cell that was as expected in\n"
		"                          none of these runs is classed \"never passed\"",
		.list = &opts.history },
	{ "in-reply-to", "ID", "for the format mail: the Message-ID of the mail that it answers",
		.text = &opts.in_reply_to },
	{ "base-url", "URL",
		"for the format kcidb: the address under which the run directory is\n"
		"                          served; each test then has the addresses of its files",
		.text = &opts.base_url },
	{ "quiet", NULL, "print only warnings and errors; --output is still written",
		.flag = &opts.quiet },
	{ "verbose", NULL, "for the format table: print every field of every cell",
		.flag = &opts.verbose },
	{ NULL },
};

/* A run, on its way to a renderer; all borrowed but the totals. */
struct judgement {
	const struct renderer *renderer;
	struct stored_run *stored;
	struct render_options how;
	json_t *totals;
};

/* Only the exit status is wanted. */
static bool is_silent(void)
{
	return opts.quiet && !opts.output;
}

static int emit_cells(void *data, FILE *stream, struct problem *why)
{
	struct judgement *judgement = data;
	struct rendering rendering = { .options = &judgement->how, .stream = stream, .why = why };
	struct findings_sink rendered = { 0 };
	struct findings_sink kept = findings_totals(&judgement->totals);
	struct findings_pair pair = { &rendered, &kept };
	struct findings_sink both = findings_both(&pair);
	struct judge_request request =
		stored_run_request(judgement->stored, is_silent() ? &kept : &both);

	if (!is_silent())
		rendered = judgement->renderer->sink(&rendering);

	int r = judge_stream(&request, why);

	rendering_finish(&rendering);
	return r;
}

/* For a renderer that goes cell by cell. */
static int run_by_cell(const char *dir, const struct stored_run_options *by,
	struct judgement *judgement, struct problem *why)
{
	struct stored_run *stored = judgement->stored;
	struct fileio_source source = { emit_cells, judgement };
	struct record record = { 0 };
	int r = stored_run_open_stream(dir, by, stored, why);

	if (r == 0)
		r = record_view_open(&stored->store, stored->stored_plan, &record);
	judgement->how.record = &record;
	if (r == 0)
		r = render_output(opts.output, &source, why);
	record_view_close(&record);
	return r;
}

/* For a renderer that needs the whole, and the record, and perhaps what was before. */
static int run_whole(const char *dir, const struct stored_run_options *by,
	struct judgement *judgement, struct problem *why)
{
	struct stored_run *stored = judgement->stored;
	struct record record = { 0 };
	json_t *difference = NULL;
	int r = stored_run_open(dir, by, stored, why);

	if (r == 0)
		r = stored_run_judge(stored, why);
	if (r == 0)
		r = record_view_open(&stored->store, stored->stored_plan, &record);
	if (r == 0 && opts.baseline)
		r = compare_stored(opts.baseline, stored, &opts.history, by, &difference, why);
	judgement->how.record = &record;
	judgement->how.difference = difference;
	if (r == 0)
		r = render_file(
			judgement->renderer, stored->findings, &judgement->how, opts.output, why);
	judgement->totals = json_incref(stored->findings);
	json_decref(difference);
	record_view_close(&record);
	return r;
}

/* RFC 3986 has the characters; without a query, behind which nothing can be put. */
static bool is_url(const char *text)
{
	static const char characters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
					 "0123456789-._~:/@!$&'()*+,;=%[]";
	size_t scheme = strncmp(text, "https://", 8) == 0 ? 8 : 7;

	return (scheme == 8 || strncmp(text, "http://", 7) == 0) && text[scheme] &&
	       text[scheme] != '/' && !text[strspn(text, characters)];
}

static int check_usage(int argc, const struct renderer *renderer, struct problem *why)
{
	if (argc != 1)
		return problem_set(why, -EINVAL, "name one run directory");
	if (!renderer)
		return problem_set(why, -EINVAL,
			"no format \"%.100s\"; igd-harness judge --help lists them", opts.format);
	if (opts.baseline && !renderer->compares)
		return problem_set(why, -EINVAL,
			"--baseline is for the formats md, mail, qualification-md and "
			"qualification-html; "
			"igd-harness diff compares two runs at a terminal");
	if (opts.in_reply_to && strcmp(renderer->name, "mail") != 0)
		return problem_set(why, -EINVAL, "--in-reply-to is for the format mail");
	if (opts.base_url && strcmp(renderer->name, "kcidb") != 0)
		return problem_set(why, -EINVAL, "--base-url is for the format kcidb");
	if (opts.base_url && !is_url(opts.base_url))
		return problem_set(why, -EINVAL,
			"--base-url takes an address such as https://logs.example.org/RUN, not "
			"\"%.100s\"",
			opts.base_url);
	if (opts.history.count > 0 && !opts.baseline)
		return problem_set(why, -EINVAL, "--history needs --baseline");
	return 0;
}

/* Cells that did not run yet have verdicts too: ERROR or MISS. */
static void tell_if_running(const char *dir)
{
	struct session_status status = { 0 };
	struct store_writer writer;

	store_writer_find(dir, &writer);
	if (!writer.writes || session_status_read(dir, &status, NULL) < 0)
		return;
	fprintf(stderr,
		"igd-harness: the run is going on, %zu of %zu cells are over; the others are judged "
		"as cells that did not run; `%s status %s` prints more\n",
		status.over, status.total, install_program(), dir);
	session_status_free(&status);
}

static int run(int argc, char **argv)
{
	struct stored_run_options by = { opts.matrix, opts.known, opts.patterns, &opts.select };
	struct stored_run stored = STORED_RUN_NONE;
	struct judgement judgement = { renderer_find(opts.format), &stored,
		{ .colour = !opts.output && terminal_wants_colour(STDOUT_FILENO),
			.verbose = opts.verbose,
			.in_reply_to = opts.in_reply_to,
			.base_url = opts.base_url,
			.dir = argc == 1 ? argv[0] : NULL,
			.more = "the same command with --verbose" },
		NULL };
	struct problem why = { 0 };
	int r, status;

	if (check_usage(argc, judgement.renderer, &why) < 0)
		return command_fail(&command_judge, EXIT_USAGE, &why);
	tell_if_running(argv[0]);
	r = (is_silent() || judgement.renderer->sink ? run_by_cell : run_whole)(
		argv[0], &by, &judgement, &why);
	if (r == 0 && judge_tested_nothing(judgement.totals))
		fputs("igd-harness: " JUDGE_NOTHING_TESTED "\n", stderr);
	status = r < 0 ? command_fail(&command_judge, exit_status_of(r), &why)
		       : judge_exit_status(judgement.totals);
	json_decref(judgement.totals);
	stored_run_close(&stored);
	return status;
}

const struct command command_judge = {
	.name = "judge",
	.arguments = "DIR",
	.summary = "judge a stored run again, offline",
	.description =
		"Judges the run directory DIR from its record alone, by its own frozen matrix or by\n"
		"the one given, and searches its logs for known lines. Changes nothing in DIR.",
	.options = options,
	.run = run,
};
