#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/fileio.h"
#include "harness/bisect/driver.h"
#include "harness/bisect/options.h"
#include "harness/bisect/render.h"
#include "harness/cli/commands.h"
#include "harness/cli/fail.h"
#include "harness/process/guarded_child.h"
#include "src/document.h"

static struct bisect_given opts = BISECT_GIVEN;
static struct bisect_range range;
static const char *format = "text";

static const struct command_option options[] = {
	{ "git", "DIR", "bisect the commits of this repository, from --good to --bad",
		.text = &range.git },
	{ "good", "REVISION", "a good commit; repeatable", .list = &range.good },
	{ "bad", "REVISION", "a bad commit", .text = &range.bad },
	{ "packages", "DIR", "bisect the Debian packages in this folder, by version",
		.text = &range.packages },
	{ "package", "NAME", "the package to bisect, if the folder has several",
		.text = &range.package },
	{ "directory", "DIR",
		"bisect directories, one revision each; repeat it, the good end\n"
		"                          first, the bad end last",
		.list = &range.directories },
	{ "part", "NAME=GOOD,...,BAD",
		"bisect a tuple to the part that is at fault: one option a part, such\n"
		"                          as qemu=7.2.22,10.0.2",
		.list = &range.parts },
	{ "format", "NAME", "the format of the result (default: text)", .text = &format,
		.nth = bisect_renderer_name },
	{ "json", NULL, "the same as --format json", .text = &format, .value = "json" },
	BISECT_OPTIONS(opts),
	{ NULL },
};

/* 0 found, 1 not to be narrowed down or not to be begun, 3 stopped. */
static int status_of(const json_t *result)
{
	const char *outcome = document_text(result, "outcome");

	if (strcmp(outcome, "found") == 0)
		return 0;
	return strcmp(outcome, "stopped") == 0 ? EXIT_NO_ANSWER : 1;
}

/* All forms into the state directory, the one that is wanted to the terminal. */
static int tell(const struct bisect_session *session, const json_t *result, struct problem *why)
{
	int r = 0;

	for (const struct bisect_renderer *one = bisect_renderers; one->name && r == 0; one++) {
		size_t length = 0;
		char *text = NULL;
		FILE *stream = open_memstream(&text, &length);

		if (!stream)
			return -ENOMEM;
		r = one->render(result, stream);
		fclose(stream);
		if (r == 0)
			r = fileio_write(session->state.dir_fd, one->file, text, length, why);
		if (r == 0 && strcmp(one->name, format) == 0)
			fputs(text, stdout);
		free(text);
	}
	if (r == 0 && strcmp(format, "text") == 0)
		printf("\nKept in %s: mail.txt, found.json, and each run\n", session->state.dir);
	return r;
}

static int run(int argc, char **argv)
{
	struct bisect_session session;
	struct problem why = { 0 };
	json_t *result = NULL;
	int r, status;

	if (!bisect_renderer_find(format)) {
		problem_set(&why, 0, "no format \"%.100s\"; igd-harness bisect --help lists them",
			format);
		return command_fail(&command_bisect, EXIT_USAGE, &why);
	}
	guarded_child_catch_signals();
	r = bisect_options_open(&opts, argc, argv, &session, &why);
	if (r == 0)
		r = bisect_driver_run(&session, &range, &result, &why);
	if (r == 0)
		r = tell(&session, result, &why);
	status = r < 0 ? command_fail(&command_bisect, exit_status_of(r), &why) : status_of(result);
	json_decref(result);
	bisect_session_close(&session);
	return status;
}

const struct command command_bisect = {
	.name = "bisect",
	.arguments = "MATRIX",
	.summary = "find the first bad QEMU, libxl or package",
	.description =
		"Reproduces the bad and the good end, then searches between them. The deviation of\n"
		"the bad end counts as bad, unless --signature names a different one. A revision that\n"
		"fails differently, or cannot be built, is skipped. The same command continues a\n"
		"search that was stopped or killed, or whose host failed. See docs/topics/bisect.md.\n"
		"Exit status: 0 found; 1 the search cannot be narrowed down to one revision, or an\n"
		"end is not good or bad as given; 2 usage; 3 stopped: the host failed.",
	.options = options,
	.run = run,
};
