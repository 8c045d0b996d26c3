#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/escape.h"
#include "harness/bisect/git.h"
#include "harness/bisect/options.h"
#include "harness/cli/commands.h"
#include "harness/cli/fail.h"
#include "harness/process/guarded_child.h"

static struct bisect_given opts = BISECT_GIVEN;
static const char *revision;

static const struct command_option options[] = {
	{ "revision", "NAME", "the revision's name (default: HEAD, in a work tree of git)",
		.text = &revision },
	BISECT_OPTIONS(opts),
	{ NULL },
};

/* {"revision": ...}; empty where nothing says which it is. */
static json_t *values_here(void)
{
	char id[BISECT_GIT_ID_MAX];
	struct problem why = { 0 };

	if (revision)
		return json_pack("{s:s}", "revision", revision);
	if (bisect_git_commit(".", "HEAD", id, &why) == 0)
		return json_pack("{s:s}", "revision", id);
	return json_object();
}

static void say(const struct bisect_point *point, const struct bisect_result *result)
{
	escape_text(stdout, point->name);
	printf(" is %s%s: ", bisect_answer_name(result->answer),
		result->runs == 0 && !result->built ? ", as known" : "");
	escape_text(stdout, result->why ? result->why : "");
	putchar('\n');
	if (result->run)
		printf("Run directory: %s\n", result->run);
}

static int test_here(struct bisect_session *session, struct problem *why)
{
	json_t *values = values_here();
	const char *name = json_string_value(json_object_get(values, "revision"));
	struct bisect_point point = { name ? name : "this revision", values, NULL };
	struct bisect_result result;
	int r = bisect_step(session, &point, &result, why), status = r;

	if (r == 0) {
		say(&point, &result);
		status = bisect_exit_status(result.answer);
		r = bisect_state_note(&session->state,
			json_pack("{s:s, s:s, s:s, s:s, s:I}", "what", "step", "point", point.name,
				"answer", bisect_answer_name(result.answer), "why",
				result.why ? result.why : "", "runs", (json_int_t)result.runs),
			why);
	}
	bisect_result_finish(&result);
	json_decref(values);
	return r < 0 ? r : status;
}

static int run(int argc, char **argv)
{
	struct bisect_session session;
	struct problem why = { 0 };
	int r;

	guarded_child_catch_signals();
	r = bisect_options_open(&opts, argc, argv, &session, &why);
	if (r == 0)
		r = test_here(&session, &why);
	if (r < 0)
		r = command_fail(&command_bisect_step, BISECT_EXIT_STOP, &why);
	bisect_session_close(&session);
	return r;
}

const struct command command_bisect_step = {
	.name = "bisect-step",
	.arguments = "MATRIX",
	.summary = "test one revision, for `git bisect run`",
	.description =
		"Builds the current folder, runs the cells with it, and returns the exit status that\n"
		"`git bisect run` expects: 0 good, 1 bad, 125 cannot be tested, 129 the host or the\n"
		"lab failed, wrong usage, or stopped (the result is not known, and git stops). A\n"
		"revision that was tested before is not run again.",
	.options = options,
	.run = run,
	/* To git, 2 would mean bad. */
	.usage_status = BISECT_EXIT_STOP,
};
