#include "harness/bisect/step/step.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/backend/image.h"
#include "harness/base/fileio.h"
#include "harness/base/install_paths.h"
#include "harness/bisect/step/command.h"
#include "harness/bisect/step/fingerprint.h"
#include "harness/bisect/step/run_revision.h"
#include "harness/bisect/step/signature.h"
#include "harness/matrix/matrix.h"
#include "harness/plan/choice/choice.h"
#include "harness/plan/plan.h"
#include "harness/process/program.h"
#include "src/document.h"

int bisect_session_open(const struct bisect_orders *orders, const char *state_dir,
	struct bisect_session *session_r, struct problem *why)
{
	struct bisect_session session = { .orders = orders, .state = BISECT_STATE_NONE };
	int r = matrix_plan(orders->matrix, orders->known, &session.plan, why);

	if (r == 0)
		r = plan_select(session.plan, orders->select.texts, orders->select.count, why);
	if (r == 0 && orders->guest)
		r = plan_guest(session.plan, orders->guest, why);
	if (r == 0)
		r = patterns_choose(orders->patterns, NULL, &session.patterns, why);
	if (r == 0) {
		session.guests_dir = install_guests(orders->guests);
		session.guests = image_identities(
			session.guests_dir ? session.guests_dir : "", session.plan);
		session.host = bisect_host("");
		r = bisect_state_open(state_dir, &session.state, why);
	}
	*session_r = session;
	return r;
}

void bisect_session_close(struct bisect_session *session)
{
	bisect_state_close(&session->state);
	patterns_free(session->patterns);
	json_decref(session->plan);
	json_decref(session->signature);
	json_decref(session->guests);
	json_decref(session->host);
	free(session->guests_dir);
}

void bisect_result_finish(struct bisect_result *result)
{
	free(result->why);
	free(result->run);
	*result = (struct bisect_result){ .answer = BISECT_UNKNOWN };
}

int bisect_look_for(struct bisect_session *session, json_t *signature, struct problem *why)
{
	json_t *cells = json_object_get(session->plan, "cells"), *kept = json_array();
	json_t *wanted = json_object(), *places = plan_places(session->plan);
	const json_t *part, *cell;
	size_t i;
	int r = 0;

	json_decref(session->signature);
	session->signature = signature;
	json_array_foreach(signature, i, part)
	{
		const char *name = document_text(part, "cell");

		json_object_set_new(wanted, name, json_true());
		if (plan_place(places, name) < 0)
			r = problem_set(why, -ENOENT,
				"the signature names the cell %.200s, which is not selected; "
				"`igd-harness plan` lists them",
				name);
	}
	json_array_foreach(cells, i, cell)
	{
		if (json_object_get(wanted, document_text(cell, "name")))
			json_array_append(kept, (json_t *)cell);
	}
	if (r == 0)
		json_object_set(session->plan, "cells", kept);
	json_decref(kept);
	json_decref(wanted);
	json_decref(places);
	return r;
}

static void say(struct bisect_result *result, enum bisect_answer answer, const char *why)
{
	free(result->why);
	result->answer = answer;
	result->why = strdup(why);
}

/* What is built: its values, the command, and which files are wanted of it. */
static json_t *build_of(const struct bisect_orders *orders, const struct bisect_point *point)
{
	json_t *also = json_array(), *of;

	for (size_t i = 0; i < orders->also.count; i++)
		json_array_append_new(also, json_string(orders->also.texts[i]));
	of = json_pack("{s:s, s:o}", "build", orders->build, "files",
		json_pack("{s:s*, s:s*, s:s*, s:s*, s:o}", "device_model", orders->device_model,
			"library_path", orders->library_path, "modules", orders->modules, "replay",
			orders->replay, "also", also));
	json_object_set(of, "values", (json_t *)point->values);
	return of;
}

/* A point without values is known by its files alone, and is built each time it is asked for. */
static bool has_values(const struct bisect_point *point)
{
	return json_object_size(point->values) > 0;
}

/* What the end of a build means; "" if it went well. Returns the answer to give. */
static enum bisect_answer read_build(const struct bisect_orders *orders,
	const struct guarded_child_end *end, const char *log, char text[512])
{
	char line[200];

	fileio_last_line(AT_FDCWD, log, line, sizeof(line));
	text[0] = 0;
	switch (end->how) {
	case CHILD_STOPPED:
		snprintf(text, 512, "stopped; the same command continues");
		return BISECT_STOP;
	case CHILD_SIGNALLED:
		snprintf(text, 512,
			"the build was killed by signal %d, which does not show whether the "
			"revision builds",
			end->number);
		return BISECT_STOP;
	case CHILD_LATE:
		snprintf(text, 512, "the build did not end within %u s", orders->build_limit_s);
		return BISECT_SKIP;
	default:
		if (end->number == 0)
			return BISECT_UNKNOWN;
		snprintf(text, 512, "%s (status %d): %s",
			end->number >= 128 ? "the build stopped the bisection"
					   : "it does not build",
			end->number, line);
		/* As a command of git bisect run says it. */
		return end->number >= 128 ? BISECT_STOP : BISECT_SKIP;
	}
}

/* A device model that cannot say its version cannot be tested: false, and why. It may be anything,
 * so nothing of it is left behind. */
static bool starts(
	const struct bisect_orders *orders, const struct bisect_point *point, struct problem *why)
{
	char *path = NULL, *said = NULL;
	const char *reason;
	struct problem inner = { 0 };
	int r;

	if (!orders->device_model || orders->run || orders->library_path)
		return true;
	r = bisect_expand(orders->device_model, point, &path, &inner);
	if (r == 0)
		r = guarded_child_output((char *[]){ path, (char *)"--version", NULL },
			PROGRAM_LIMIT_MS / 1000, &said, &inner);
	/* What a loader says of a library that is missing is one line. */
	reason = said && r > 0 ? said : inner.text;
	if (r != 0)
		problem_set(why, -ENOENT, "the device model does not start: %.*s",
			(int)strcspn(reason, "\n"), reason);
	free(path);
	free(said);
	return r == 0;
}

/*
 * Builds, and keeps what came of it. Returns 0 with the files in *files_r, or without: then the
 * result says why.
 */
static int build(struct bisect_session *session, const struct bisect_point *point, const json_t *of,
	json_t **files_r, struct bisect_result *result, struct problem *why)
{
	char *argv[] = { (char *)"/bin/sh", (char *)"-c", (char *)session->orders->build, NULL };
	char *log = bisect_state_build_log(&session->state, of), text[512];
	struct problem missing = { 0 };
	struct guarded_child_end end = { 0 };
	enum bisect_answer answer;
	int r;

	if (!log)
		return -ENOMEM;
	r = bisect_state_note(&session->state,
		json_pack("{s:s, s:s, s:s}", "what", "build", "point", point->name, "log", log),
		why);
	if (r == 0)
		r = bisect_command(
			&(struct bisect_command){ session->orders, point, argv, point->folder, NULL,
				log, session->orders->build_limit_s },
			&end, why);
	if (r < 0)
		goto out;
	result->built = true;
	answer = read_build(session->orders, &end, log, text);
	if (answer == BISECT_UNKNOWN) {
		r = bisect_files(session->orders, point, files_r, &missing);
		if (r == -ENOENT) {
			r = 0;
			answer = BISECT_SKIP;
			snprintf(text, sizeof(text), "the build did not produce it: %.300s",
				missing.text);
		} else if (r < 0) {
			problem_set(why, r, "%s", missing.text);
		} else if (!starts(session->orders, point, &missing)) {
			answer = BISECT_SKIP;
			snprintf(text, sizeof(text), "%.400s", missing.text);
			json_decref(*files_r);
			*files_r = NULL;
		}
	}
	if (answer != BISECT_UNKNOWN)
		say(result, answer, text);
	if (r == 0 && answer != BISECT_STOP && has_values(point))
		r = bisect_state_built(&session->state, of, *files_r, text, why);
out:
	free(log);
	return r;
}

/* Says in how many runs it was bad, where there were several. */
static void say_count(struct bisect_result *result, const size_t counts[static BISECT_ANSWERS])
{
	size_t runs = counts[BISECT_GOOD] + counts[BISECT_BAD] + counts[BISECT_SKIP];
	char *text = NULL;

	if (runs < 2 || !result->why ||
		asprintf(&text, "bad in %zu of %zu runs: %s", counts[BISECT_BAD], runs,
			result->why) < 0)
		return;
	free(result->why);
	result->why = text;
}

/* Runs it, as often as it takes, or only looks at what there is: `known` runs are not made. Returns
 * 0 with the answer; BISECT_UNKNOWN if `known` is not enough. */
static int count_runs(struct bisect_session *session, const struct bisect_point *point,
	const char *folder, bool known, struct bisect_result *result, struct problem *why)
{
	struct bisect_result kept[BISECT_ANSWERS] = { { .answer = BISECT_UNKNOWN } }, one;
	size_t counts[BISECT_ANSWERS] = { 0 };
	enum bisect_answer so_far = BISECT_UNKNOWN;
	int r = 0;

	for (unsigned int i = 1; so_far == BISECT_UNKNOWN && r == 0; i++) {
		if (known && !bisect_run_is_known(session, folder, i))
			break;
		one = (struct bisect_result){ .answer = BISECT_UNKNOWN };
		r = bisect_run(session, point, folder, i, &one, why);
		result->runs += one.runs;
		bisect_result_finish(&kept[one.answer]);
		kept[one.answer] = one;
		counts[one.answer]++;
		so_far = bisect_count(counts, session->orders->repeat, session->orders->need);
	}
	/* What is shown is a run that says what is said. */
	result->answer = so_far;
	if (so_far != BISECT_UNKNOWN) {
		free(result->why);
		free(result->run);
		result->why = kept[so_far].why;
		result->run = kept[so_far].run;
		kept[so_far].why = kept[so_far].run = NULL;
		say_count(result, counts);
	}
	for (size_t i = 0; i < BISECT_ANSWERS; i++)
		bisect_result_finish(&kept[i]);
	return r;
}

/* Runs or looks up what is made of these files. */
static int test(struct bisect_session *session, const struct bisect_point *point,
	const json_t *files, bool known, struct bisect_result *result, struct problem *why)
{
	json_t *fingerprint = bisect_fingerprint(
		session->orders, point, session->plan, files, session->guests, session->host);
	char *folder = NULL;
	int r = bisect_state_fingerprint(&session->state, fingerprint, &folder, why);

	if (r == 0)
		r = count_runs(session, point, folder, true, result, why);
	if (r == 0 && !known && result->answer == BISECT_UNKNOWN)
		r = count_runs(session, point, folder, false, result, why);
	json_decref(fingerprint);
	free(folder);
	return r;
}

static int build_and_test(struct bisect_session *session, const struct bisect_point *point,
	struct bisect_result *result, struct problem *why)
{
	json_t *of = build_of(session->orders, point), *files = NULL, *record = NULL;
	struct problem unreadable = { 0 };
	int r = 0;

	if (has_values(point))
		record = bisect_state_build(&session->state, of, &unreadable);
	if (record && !json_is_true(json_object_get(record, "built"))) {
		say(result, BISECT_SKIP, document_text(record, "why"));
		goto out;
	}
	if (record) {
		r = test(session, point, json_object_get(record, "files"), true, result, why);
		if (r < 0 || result->answer != BISECT_UNKNOWN)
			goto out;
	}
	r = build(session, point, of, &files, result, why);
	if (r == 0 && files)
		r = test(session, point, files, false, result, why);
out:
	json_decref(of);
	json_decref(files);
	json_decref(record);
	return r;
}

static int test_without_build(struct bisect_session *session, const struct bisect_point *point,
	struct bisect_result *result, struct problem *why)
{
	struct problem missing = { 0 };
	json_t *files = NULL;
	int r = bisect_files(session->orders, point, &files, &missing);

	if (r == 0 && !starts(session->orders, point, &missing))
		r = -ENOENT;
	if (r == 0)
		r = test(session, point, files, false, result, why);
	else if (r == -ENOENT)
		say(result, BISECT_SKIP, missing.text);
	else
		problem_set(why, r, "%s", missing.text);
	json_decref(files);
	return r == -ENOENT ? 0 : r;
}

int bisect_step(struct bisect_session *session, const struct bisect_point *point,
	struct bisect_result *result_r, struct problem *why)
{
	struct problem other_xen = { 0 };
	int r = 0;

	*result_r = (struct bisect_result){ .answer = BISECT_UNKNOWN };
	if (!session->orders->run && bisect_check_xen(point, session->host, &other_xen) < 0)
		say(result_r, BISECT_STOP, other_xen.text);
	else if (session->orders->build)
		r = build_and_test(session, point, result_r, why);
	else
		r = test_without_build(session, point, result_r, why);
	if (r == 0 && result_r->answer == BISECT_UNKNOWN)
		say(result_r, BISECT_STOP, "nothing was decided");
	return r;
}
