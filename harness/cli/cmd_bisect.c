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
	{ "git", "DIR", "bisect the commits of that repository, from --good to --bad",
		.text = &range.git },
	{ "good", "REVISION", "a commit that is good; may be given again", .list = &range.good },
	{ "bad", "REVISION", "a commit that is bad", .text = &range.bad },
	{ "packages", "DIR", "bisect the Debian packages in that folder, by version",
		.text = &range.packages },
	{ "package", "NAME", "whose versions, if the folder has several packages",
		.text = &range.package },
	{ "directory", "DIR",
		"bisect directories: one revision each, given again and again, the good\n"
		"                          end first, the bad end last",
		.list = &range.directories },
	{ "part", "NAME=GOOD,...,BAD",
		"bisect a tuple: one of its parts, such as qemu=7.2.22,10.0.2, given\n"
		"                          again for each. Which of them is guilty?",
		.list = &range.parts },
	{ "format", "NAME", "how to say what was found (default: text)", .text = &format,
		.nth = bisect_renderer_name },
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
	return r == 0 && fflush(stdout) != 0
		       ? problem_set(why, -errno, "cannot write the result: %s", strerror(errno))
		       : r;
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
	status = r < 0 ? command_fail(&command_bisect, command_status(r), &why) : status_of(result);
	json_decref(result);
	bisect_session_close(&session);
	return status;
}

const struct command command_bisect = {
	.name = "bisect",
	.arguments = "MATRIX",
	.summary = "find the first bad QEMU, libxl or package",
	.description =
		"Reproduces the bad and the good end, then searches between them; the deviation of the\n"
		"bad end is what counts as bad, unless --signature says another. A revision that fails\n"
		"otherwise, or cannot be built, is skipped. Stopped, killed, or on a host that broke, the\n"
		"same command goes on. docs/topics/bisect.md tells how. Exit status: 0 found, 1 it cannot be\n"
		"narrowed down to one, or an end is not as said, 2 usage, 3 stopped: the host failed.",
	.options = options,
	.run = run,
};
