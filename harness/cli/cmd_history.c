#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "harness/cli/commands.h"
#include "harness/cli/fail.h"
#include "harness/history/history.h"

static struct {
	const char *host, *cache, *format;
} opts = { .format = "text" };

static int print_json(const json_t *history, FILE *stream)
{
	json_dumpf(history, stream, JSON_INDENT(1) | JSON_ENSURE_ASCII);
	fputc('\n', stream);
	return ferror(stream) ? -EIO : 0;
}

static const struct {
	const char *name;
	int (*render)(const json_t *history, FILE *stream);
} formats[] = {
	{ "text", history_render_text },
	{ "json", print_json },
	{ "html", history_render_html },
};

#define FORMATS (sizeof(formats) / sizeof(formats[0]))

static const char *format_name(size_t i)
{
	return i < FORMATS ? formats[i].name : NULL;
}

static const struct command_option options[] = {
	{ "host", "HOST", "only runs of this host", .text = &opts.host },
	{ "cache", "FILE",
		"keep what was read of the runs in this SQLite file, which can be removed\n"
		"                          at any time",
		.text = &opts.cache },
	{ "format", "NAME", "the output format (default: text)", .text = &opts.format,
		.nth = format_name },
	{ "json", NULL, "the same as --format json", .text = &opts.format, .value = "json" },
	{ NULL },
};

static int (*renderer(const char *name))(const json_t *history, FILE *stream)
{
	for (size_t i = 0; i < FORMATS; i++) {
		if (strcmp(formats[i].name, name) == 0)
			return formats[i].render;
	}
	return NULL;
}

static int run(int argc, char **argv)
{
	const struct history_request request = {
		.dirs = argv, .count = (size_t)argc, .host = opts.host, .cache = opts.cache
	};
	int (*render)(const json_t *history, FILE *stream) = renderer(opts.format);
	struct problem why = { 0 };
	json_t *history = NULL;
	int r = 0;

	if (argc < 1)
		r = problem_set(&why, -EINVAL,
			"name run directories, bundles, or the folder that they are in");
	else if (!render)
		r = problem_set(&why, -EINVAL,
			"no format \"%.100s\"; igd-harness history --help lists them", opts.format);
	if (r == 0)
		r = history_read(&request, &history, &why);
	if (r == 0)
		render(history, stdout);
	json_decref(history);
	return r < 0 ? command_fail(&command_history, exit_status_of(r), &why) : 0;
}

const struct command command_history = {
	.name = "history",
	.arguments = "DIR...",
	.summary = "show what cells did over many runs: changes, flaky cells, drift",
	.description =
		"Reads run directories, bundles of them, or the folders that they are in, in the\n"
		"order in which the runs began, and shows where a cell changed and with which version, which cells\n"
		"pass and fail with the same versions, and which take longer than they did. Runs are\n"
		"compared with those of the same host, matrix and back end. Exit status: 0, whatever\n"
		"changed; 2 usage; 3 a run cannot be read.",
	.options = options,
	.run = run,
};
