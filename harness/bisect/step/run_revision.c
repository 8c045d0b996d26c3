#include "harness/bisect/step/run_revision.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/fileio.h"
#include "harness/bisect/step/command.h"
#include "harness/bisect/step/fingerprint.h"
#include "harness/bisect/step/signature.h"
#include "harness/judge/judge.h"
#include "harness/plan/plan.h"
#include "harness/store/ending.h"
#include "src/document.h"
#include "src/field.h"

#define ARGS_MAX (32 + 2 * STRING_LIST_MAX)

/* No exit status: the command was ended. */
#define STOPPED 1000

/* A stored run, for what no finding is about. */
struct record {
	const struct store *store;
	json_t *places;
};

static json_t *look(void *data, const char *cell, const char *field)
{
	const struct record *record = data;
	ssize_t at = plan_place(record->places, cell);
	json_t *report = NULL, *value = NULL;
	struct problem why = { 0 };
	int fd = at < 0 ? -1 : store_cell(record->store, (size_t)at, cell, false, &why);

	if (fd < 0)
		return NULL;
	if (store_read_report(fd, &report, &why) == 0 && field_get(report, field, &value, &why) < 0)
		value = NULL;
	json_decref(report);
	close(fd);
	return value;
}

/* Has a cell of the findings not come to an end that resume leaves alone? */
static bool is_unfinished(const json_t *findings)
{
	const json_t *cell;
	size_t i;

	json_array_foreach(json_object_get(findings, "cells"), i, cell)
	{
		enum ending ending;

		if (ending_parse(document_text(cell, "ending"), &ending) < 0 ||
			ending_is_retried(ending))
			return true;
	}
	return false;
}

int bisect_judge_run(const struct bisect_session *session, const char *dir,
	struct bisect_judged *judged_r, struct problem *why)
{
	json_t *run = NULL, *plan = NULL;
	struct store store = STORE_NONE;
	struct record record = { &store, NULL };
	int r;

	*judged_r = (struct bisect_judged){ .answer = BISECT_UNKNOWN };
	if (access(dir, F_OK) < 0)
		return -ENOENT;
	r = store_open(dir, false, &store, &run, &plan, why);
	if (r == 0)
		r = judge_collect(&(struct judge_request){ &store, run, plan, session->plan,
					  session->patterns },
			&judged_r->findings, why);
	if (r == 0) {
		record.places = plan_places(plan);
		judged_r->answer = bisect_judge(
			judged_r->findings, session->signature, look, &record, &judged_r->why);
		judged_r->unfinished = is_unfinished(judged_r->findings);
		json_decref(record.places);
	}
	json_decref(run);
	json_decref(plan);
	store_close(&store);
	return r;
}

void bisect_judged_finish(struct bisect_judged *judged)
{
	json_decref(judged->findings);
	free(judged->why);
	*judged = (struct bisect_judged){ .answer = BISECT_UNKNOWN };
}

struct args {
	char *list[ARGS_MAX + 1], *owned[ARGS_MAX];
	size_t count, owned_count;
	char self[PATH_MAX];
};

static void add(struct args *args, const char *option, const char *value)
{
	if (!value || args->count + 2 > ARGS_MAX)
		return;
	args->list[args->count++] = (char *)option;
	args->list[args->count++] = (char *)value;
}

/* A path in the folder of the point. */
static int add_expanded(struct args *args, const char *option, const char *text,
	const struct bisect_point *point, struct problem *why)
{
	char *path = NULL;
	int r = text ? bisect_expand(text, point, &path, why) : 0;

	if (path) {
		args->owned[args->owned_count++] = path;
		add(args, option, path);
	}
	return r;
}

static void add_cells(struct args *args, const struct bisect_session *session)
{
	const json_t *cells = json_object_get(session->plan, "cells"), *cell;
	const struct string_list *select = &session->orders->select;
	size_t i;

	if (json_array_size(cells) > STRING_LIST_MAX) {
		for (i = 0; i < select->count; i++)
			add(args, "--select", select->texts[i]);
		return;
	}
	json_array_foreach(cells, i, cell) add(args, "--select", document_text(cell, "name"));
}

/* This program, told to run or to go on; or the user's command. */
static int make_args(const struct bisect_session *session, const struct bisect_point *point,
	const char *dir, bool resume, struct args *args, struct problem *why)
{
	const struct bisect_orders *orders = session->orders;
	ssize_t n = readlink("/proc/self/exe", args->self, sizeof(args->self) - 1);
	int r;

	if (orders->run) {
		add(args, "/bin/sh", "-c");
		args->list[args->count++] = (char *)orders->run;
		return 0;
	}
	args->self[n > 0 ? n : 0] = 0;
	add(args, args->self, resume ? "resume" : "run");
	args->list[args->count++] = (char *)"--quiet";
	if (resume) {
		args->list[args->count++] = (char *)dir;
		return 0;
	}
	add(args, "--backend", orders->backend);
	add(args, "--out", dir);
	add(args, "--guest", orders->guest);
	add(args, "--guests", session->guests_dir);
	add(args, "--accel", orders->accelerator);
	add(args, "--slow", orders->slow);
	add(args, "--patterns", orders->patterns);
	add(args, "--known", orders->known);
	r = add_expanded(args, "--device-model", orders->device_model, point, why);
	if (r == 0)
		r = add_expanded(args, "--replay", orders->replay, point, why);
	add_cells(args, session);
	args->list[args->count++] = (char *)orders->matrix;
	return r;
}

static json_t *note_of(const char *what, const struct bisect_point *point, const char *dir)
{
	return json_pack("{s:s, s:s, s:s}", "what", what, "point", point->name, "run", dir);
}

/* Makes the run, or goes on with it, whatever comes of it: the record says. Returns the exit
 * status, STOPPED with a sentence in `why`, or a negative errno. */
static int make(struct bisect_session *session, const struct bisect_point *point, const char *dir,
	const char *log, bool resume, struct problem *why)
{
	struct args *args = calloc(1, sizeof(*args));
	struct guarded_child_end end = { 0 };
	int r;

	if (!args)
		return -ENOMEM;
	r = make_args(session, point, dir, resume, args, why);
	if (r == 0)
		r = bisect_state_note(
			&session->state, note_of(resume ? "resume" : "run", point, dir), why);
	if (r == 0)
		r = bisect_command(&(struct bisect_command){ session->orders, point, args->list,
					   NULL, dir, log, session->orders->run_limit_s },
			&end, why);
	for (size_t i = 0; i < args->owned_count; i++)
		free(args->owned[i]);
	free(args);
	if (r == 0 && end.how == CHILD_STOPPED)
		r = problem_set(why, STOPPED, "stopped; the same command continues");
	if (r == 0 && end.how == CHILD_LATE)
		r = problem_set(why, STOPPED, "the run of %.100s did not end within %u s",
			point->name, session->orders->run_limit_s);
	return r == 0 && end.how == CHILD_EXITED ? end.number : r;
}

static void answer(
	struct bisect_result *result, enum bisect_answer answer, const char *why, const char *run)
{
	free(result->why);
	free(result->run);
	result->answer = answer;
	result->why = strdup(why ? why : "out of memory");
	result->run = run ? strdup(run) : NULL;
}

/*
 * There is no whole run. That says nothing of what is tested, but for two cases: the command knows
 * better (125, as with git bisect run), or the libxl under test does not let itself be loaded.
 */
static void conclude_without(const struct bisect_orders *orders, int status, const char *line,
	const char *damage, struct bisect_result *result)
{
	bool refused = orders->run && status == bisect_exit_status(BISECT_SKIP);
	bool not_loaded = !orders->run && (orders->modules || orders->library_path) &&
			  strstr(line, "back end cannot be loaded");
	char text[512];

	/* Half a run is damaged, and only its command knows what came between. */
	snprintf(text, sizeof(text), "%s: %.200s%s%.200s",
		refused      ? "according to its run it cannot be tested"
		: not_loaded ? "cannot be tested"
			     : "the run is incomplete",
		line[0] || damage[0] ? line : "its command printed nothing",
		line[0] && damage[0] ? "; " : "", damage);
	answer(result, refused || not_loaded ? BISECT_SKIP : BISECT_STOP, text, NULL);
}

/* Judges what a command left that ended with `status`. */
static void conclude(const struct bisect_session *session, const char *dir, const char *log,
	int status, struct bisect_result *result)
{
	struct bisect_judged judged;
	struct problem damage = { 0 };
	char line[300];

	if (bisect_judge_run(session, dir, &judged, &damage) == 0) {
		answer(result, judged.answer, judged.why, dir);
	} else {
		fileio_last_line(AT_FDCWD, log, line, sizeof(line));
		conclude_without(session->orders, status, line, damage.text, result);
	}
	bisect_judged_finish(&judged);
}

/* What is there already: 0 if it says something or can be gone on with, -ENOENT if there is nothing
 * to use; what is of no use is set aside. */
static int use(const struct bisect_session *session, const char *dir, bool *unfinished_r,
	struct problem *why)
{
	struct problem damage = { 0 };
	struct bisect_judged judged;
	int r = bisect_judge_run(session, dir, &judged, &damage);
	bool says = r == 0 && judged.answer != BISECT_STOP;

	*unfinished_r = r == 0 && judged.unfinished && !session->orders->run;
	bisect_judged_finish(&judged);
	if (r == -ENOENT && access(dir, F_OK) < 0)
		return -ENOENT;
	if (says || *unfinished_r)
		return 0;
	r = bisect_state_set_aside(dir, why);
	return r < 0 ? r : -ENOENT;
}

/* Goes on with a run that was begun, if there is one. 0 if it says something now, -ENOENT if there
 * is none of use, STOPPED, or another negative errno. */
static int go_on(struct bisect_session *session, const struct bisect_point *point, const char *dir,
	const char *log, struct bisect_result *result, struct problem *why)
{
	bool unfinished = false;
	int r = use(session, dir, &unfinished, why);

	if (r < 0 || !unfinished)
		return r;
	result->runs++;
	r = make(session, point, dir, log, true, why);
	if (r < 0 || r == STOPPED)
		return r;
	r = use(session, dir, &unfinished, why);
	/* Refused, as on a host that changed: what is run there is a run of its own. */
	if (r == 0 && unfinished)
		r = bisect_state_set_aside(dir, why) < 0 ? -EIO : -ENOENT;
	return r;
}

int bisect_run(struct bisect_session *session, const struct bisect_point *point, const char *folder,
	unsigned int number, struct bisect_result *result, struct problem *why)
{
	char dir[PATH_MAX], log[PATH_MAX];
	struct problem said = { 0 };
	int r;

	snprintf(dir, sizeof(dir), "%s/run-%u", folder, number);
	snprintf(log, sizeof(log), "%s/run-%u.log", folder, number);
	r = go_on(session, point, dir, log, result, &said);
	if (r == -ENOENT) {
		result->runs++;
		r = make(session, point, dir, log, false, &said);
	}
	if (r < 0)
		return problem_set(why, r, "%s", said.text);
	if (r == STOPPED)
		answer(result, BISECT_STOP, said.text, NULL);
	else
		conclude(session, dir, log, r, result);
	return 0;
}

bool bisect_run_is_known(
	const struct bisect_session *session, const char *folder, unsigned int number)
{
	struct problem why = { 0 };
	struct bisect_judged judged;
	char dir[PATH_MAX];
	bool known;

	snprintf(dir, sizeof(dir), "%s/run-%u", folder, number);
	known = bisect_judge_run(session, dir, &judged, &why) == 0 && !judged.unfinished &&
		judged.answer != BISECT_STOP;
	bisect_judged_finish(&judged);
	return known;
}
