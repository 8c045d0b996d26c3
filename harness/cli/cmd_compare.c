#include <errno.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "harness/cli/commands.h"
#include "harness/cli/fail.h"
#include "harness/compare/compare.h"
#include "harness/compare/kept.h"
#include "harness/judge/judge.h"
#include "harness/judge/stored_run.h"

static struct {
	const char *matrix, *known, *format;
} opts = { .format = "text" };

static const struct {
	const char *name;
	int (*render)(const struct comparison *comparison, FILE *stream);
} formats[] = {
	{ "text", compare_render_text },
	{ "json", compare_render_json },
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

static int judge(char **dirs, size_t count, struct kept_run *kept, struct problem *why)
{
	struct stored_run_options by = { .matrix = opts.matrix, .known = opts.known };
	int r = 0;

	for (size_t i = 0; i < count && r == 0; i++)
		r = kept_run_judge(dirs[i], &by, &kept[i], why);
	return r;
}

static int print(const struct comparison *comparison)
{
	for (size_t i = 0; i < FORMATS; i++)
		if (strcmp(formats[i].name, opts.format) == 0)
			return formats[i].render(comparison, stdout);
	return -EINVAL;
}

static int compare(const struct compare_run *runs, size_t count, struct problem *why)
{
	struct kept_comparison kept;
	struct comparison comparison;
	int r = kept_compare(runs, count, &kept, why);

	comparison = kept_comparison(&kept);
	if (r == 0)
		r = print(&comparison);
	kept_comparison_close(&kept);
	return r;
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
	struct kept_run kept[COMPARE_RUNS_MAX];
	struct compare_run runs[COMPARE_RUNS_MAX];
	size_t count = (size_t)argc;
	struct problem why = { 0 };
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
		kept[i] = KEPT_RUN_NONE;
	r = judge(argv, count, kept, &why);
	if (r == 0) {
		for (size_t i = 0; i < count; i++)
			runs[i] = kept_run_side(&kept[i], argv[i]);
		r = compare(runs, count, &why);
		status = compare_exit_status(runs, count);
	}
	for (size_t i = 0; i < count && r == 0; i++) {
		if (judge_tested_nothing(kept[i].findings))
			fprintf(stderr, "igd-harness: %s: " JUDGE_NOTHING_TESTED "\n", argv[i]);
	}
	if (r < 0)
		status = command_fail(&command_compare, exit_status_of(r), &why);
	for (size_t i = 0; i < count; i++)
		kept_run_close(&kept[i]);
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
