#include <errno.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "harness/cli/commands.h"
#include "harness/cli/fail.h"
#include "harness/compare/compare.h"
#include "harness/judge/stored_run.h"

static struct {
	const char *matrix, *known, *format;
} opts = { .format = "text" };

static int print_json(const json_t *comparison, FILE *stream)
{
	json_dumpf(comparison, stream, JSON_INDENT(1) | JSON_ENSURE_ASCII);
	fputc('\n', stream);
	return 0;
}

static const struct {
	const char *name;
	int (*render)(const json_t *comparison, FILE *stream);
} formats[] = {
	{ "text", compare_render_text },
	{ "json", print_json },
	{ "html", compare_render_html },
};

#define FORMATS (sizeof(formats) / sizeof(formats[0]))

static const char *format_name(size_t i)
{
	return i < FORMATS ? formats[i].name : NULL;
}

static const struct command_option options[] = {
	{ "matrix", "FILE", "judge all of them by this matrix instead of their own",
		.text = &opts.matrix },
	{ "known", "FILE",
		"the known deviations (default: each run's own, or with --matrix those\n"
		"                          beside that matrix)",
		.text = &opts.known },
	{ "format", "NAME", "the output format (default: text)", .text = &opts.format,
		.nth = format_name },
	{ "json", NULL, "the same as --format json", .text = &opts.format, .value = "json" },
	{ NULL },
};

static int judge(char **dirs, size_t count, struct stored_run *stored, struct problem *why)
{
	struct stored_run_options by = { .matrix = opts.matrix, .known = opts.known };
	int r = 0;

	for (size_t i = 0; i < count && r == 0; i++) {
		r = stored_run_open(dirs[i], &by, &stored[i], why);
		if (r == 0)
			r = stored_run_judge(&stored[i], why);
	}
	return r;
}

static int print(const json_t *comparison)
{
	for (size_t i = 0; i < FORMATS; i++)
		if (strcmp(formats[i].name, opts.format) == 0)
			return formats[i].render(comparison, stdout);
	return -EINVAL;
}

static bool is_format(const char *name)
{
	for (size_t i = 0; i < FORMATS; i++)
		if (strcmp(formats[i].name, name) == 0)
			return true;
	return false;
}

static int run(int argc, char **argv)
{
	struct stored_run stored[COMPARE_RUNS_MAX];
	struct diff_run runs[COMPARE_RUNS_MAX];
	size_t count = (size_t)argc;
	struct problem why = { 0 };
	json_t *comparison;
	int r, status = 0;

	if (argc < 2 || argc > COMPARE_RUNS_MAX) {
		problem_set(&why, 0, "name 2 to %d run directories", COMPARE_RUNS_MAX);
		return command_fail(&command_compare, EXIT_USAGE, &why);
	}
	if (!is_format(opts.format)) {
		problem_set(&why, 0, "no format \"%.100s\"; igd-harness compare --help lists them",
			opts.format);
		return command_fail(&command_compare, EXIT_USAGE, &why);
	}
	for (size_t i = 0; i < count; i++)
		stored[i] = STORED_RUN_NONE;
	r = judge(argv, count, stored, &why);
	if (r == 0) {
		for (size_t i = 0; i < count; i++)
			runs[i] = (struct diff_run){ &stored[i].store, stored[i].run,
				stored[i].stored_plan, stored[i].findings };
		comparison = compare_runs(runs, count);
		r = comparison ? print(comparison) : problem_set(&why, -ENOMEM, "out of memory");
		json_decref(comparison);
		status = compare_exit_status(runs, count);
	}
	for (size_t i = 0; i < count && r == 0; i++) {
		if (judge_tested_nothing(stored[i].findings))
			fprintf(stderr, "igd-harness: %s: " JUDGE_NOTHING_TESTED "\n", argv[i]);
	}
	if (r < 0)
		status = command_fail(&command_compare, exit_status_of(r), &why);
	for (size_t i = 0; i < count; i++)
		stored_run_close(&stored[i]);
	return status;
}

const struct command command_compare = {
	.name = "compare",
	.arguments = "RUN RUN...",
	.summary = "show several runs side by side, such as those of several releases",
	.description =
		"Judges the run directories and shows them side by side: the software under test in\n"
		"each, and the verdicts cell by cell. Cells that differ come first, with the\n"
		"expectation that holds for each run. Exit status: that of the worst run; 2 usage.",
	.options = options,
	.run = run,
};
