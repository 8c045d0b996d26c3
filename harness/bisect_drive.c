#include "harness/bisect_drive.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/bisect_child.h"
#include "harness/bisect_found.h"
#include "harness/bisect_packages.h"
#include "harness/bisect_run.h"
#include "harness/bisect_search.h"
#include "harness/bisect_signature.h"
#include "harness/build_version.h"
#include "harness/escape.h"
#include "src/document.h"

void bisect_outcome(struct bisect_drive *drive, const char *outcome, const char *why)
{
	json_object_set_new(drive->found, "outcome", json_string(outcome));
	if (why)
		json_object_set_new(drive->found, "why", json_string(why));
}

static json_t *step_of(const struct bisect_drive *drive, const struct bisect_point *point,
	const struct bisect_result *result)
{
	return json_pack("{s:s, s:s, s:O, s:s, s:s, s:s?, s:I, s:b}", "phase", drive->phase,
		"point", point->name, "values", point->values, "answer",
		bisect_answer_name(result->answer), "why", result->why ? result->why : "", "run",
		result->run, "runs", (json_int_t)result->runs, "built", (int)result->built);
}

static void say_step(const json_t *step, size_t number)
{
	fprintf(stderr, "igd-harness: step %zu: ", number);
	escape_text(stderr, document_text(step, "point"));
	fprintf(stderr, " is %s%s: ", document_text(step, "answer"),
		json_integer_value(json_object_get(step, "runs")) == 0 &&
				!json_is_true(json_object_get(step, "built"))
			? ", as known"
			: "");
	escape_text(stderr, document_text(step, "why"));
	fputc('\n', stderr);
}

int bisect_ask_point(struct bisect_drive *drive, const struct bisect_point *point,
	enum bisect_answer *answer_r, struct problem *why)
{
	json_t *steps = json_object_get(drive->found, "steps"), *step, *note;
	struct bisect_result result = { .answer = BISECT_STOP };
	int r;

	if (child_told()) {
		bisect_outcome(drive, "stopped", "stopped; the same command goes on");
		*answer_r = BISECT_STOP;
		return 0;
	}
	r = bisect_step(drive->session, point, &result, why);
	if (r == 0) {
		step = step_of(drive, point, &result);
		json_array_append_new(steps, step);
		say_step(step, json_array_size(steps));
		note = json_copy(step);
		json_object_set_new(note, "what", json_string("step"));
		r = bisect_state_note(&drive->session->state, note, why);
		if (result.answer == BISECT_STOP)
			bisect_outcome(drive, "stopped", result.why);
	}
	*answer_r = result.answer;
	bisect_result_finish(&result);
	return r;
}

/* What the bad end deviates in is what is looked for. */
static int take_signature(struct bisect_drive *drive, struct problem *why)
{
	const json_t *steps = json_object_get(drive->found, "steps");
	const json_t *last = json_array_get(steps, json_array_size(steps) - 1);
	struct bisect_judged judged;
	json_t *signature;
	int r = bisect_judge_run(drive->session, document_text(last, "run"), &judged, why);

	if (r == 0) {
		signature = bisect_signature_of(judged.findings);
		r = bisect_look_for(drive->session, signature, why);
		json_object_set(drive->found, "signature", signature);
	}
	bisect_judged_finish(&judged);
	return r;
}

void bisect_wrong_end(struct bisect_drive *drive, const struct bisect_point *point,
	const char *wanted, enum bisect_answer answer)
{
	const json_t *steps = json_object_get(drive->found, "steps");
	const json_t *last = json_array_get(steps, json_array_size(steps) - 1);
	char *text = NULL;

	if (asprintf(&text, "the %s end, %s, is not %s but %s: %s", wanted, point->name, wanted,
		    answer == BISECT_SKIP ? "cannot be tested" : bisect_answer_name(answer),
		    document_text(last, "why")) < 0)
		text = NULL;
	bisect_outcome(drive, "ends", text ? text : "an end is not as it was said to be");
	free(text);
}

int bisect_ends(struct bisect_drive *drive, const struct bisect_point *good, size_t count,
	const struct bisect_point *bad, struct problem *why)
{
	enum bisect_answer answer;
	int r;

	drive->phase = "ends";
	r = bisect_ask_point(drive, bad, &answer, why);
	if (r < 0 || answer == BISECT_STOP)
		return r;
	if (answer != BISECT_BAD) {
		bisect_wrong_end(drive, bad, "bad", answer);
		return 0;
	}
	if (!drive->session->signature)
		r = take_signature(drive, why);
	for (size_t i = 0; i < count && r == 0; i++) {
		r = bisect_ask_point(drive, &good[i], &answer, why);
		if (r < 0 || answer == BISECT_STOP)
			return r;
		if (answer != BISECT_GOOD) {
			bisect_wrong_end(drive, &good[i], "good", answer);
			return 0;
		}
	}
	drive->phase = "search";
	return r < 0 ? r : 1;
}

void bisect_first_bad(struct bisect_drive *drive, const char *point, json_t *about)
{
	json_array_append_new(json_object_get(drive->found, "first_bad"),
		json_pack("{s:s, s:o}", "point", point, "about", about ? about : json_null()));
}

void bisect_conclude(struct bisect_drive *drive)
{
	size_t left = json_array_size(json_object_get(drive->found, "first_bad"));

	bisect_outcome(drive, left == 1 ? "found" : "open",
		left == 1 ? NULL
			  : "those between the last good one and the first bad one that could be "
			    "tested cannot be: it is one of them");
}

int bisect_list(struct bisect_drive *drive, const struct bisect_point *points, size_t count,
	struct problem *why)
{
	enum bisect_answer *answers = calloc(count, sizeof(*answers));
	size_t good, bad;
	ssize_t next;
	int r = 0;

	if (!answers)
		return -ENOMEM;
	answers[0] = BISECT_GOOD;
	answers[count - 1] = BISECT_BAD;
	json_object_set_new(drive->found, "candidates", json_integer((json_int_t)count - 1));
	while (r == 0 && (next = bisect_next(answers, count)) >= 0) {
		r = bisect_ask_point(drive, &points[next], &answers[next], why);
		if (r == 0 && answers[next] == BISECT_STOP)
			goto out;
	}
	if (r < 0)
		goto out;
	bisect_bounds(answers, count, &good, &bad);
	for (size_t i = good + 1; i <= bad; i++)
		bisect_first_bad(drive, points[i].name, NULL);
	bisect_conclude(drive);
	r = 1;
out:
	free(answers);
	return r;
}

/* Directories and packages: a list of points made of names and folders, as {"name", "folder"}. */
static int search_folders(struct bisect_drive *drive, const json_t *folders, struct problem *why)
{
	size_t count = json_array_size(folders), i;
	struct bisect_point *points = calloc(count, sizeof(*points));
	const json_t *folder;
	int r;

	if (!points)
		return -ENOMEM;
	json_array_foreach(folders, i, folder) points[i] =
		(struct bisect_point){ document_text(folder, "name"),
			json_object_get(folder, "values"), document_text(folder, "folder") };
	json_object_set_new(drive->found, "good", json_pack("[s]", points[0].name));
	json_object_set_new(drive->found, "bad", json_string(points[count - 1].name));
	r = bisect_ends(drive, points, 1, &points[count - 1], why);
	if (r == 1)
		r = bisect_list(drive, points, count, why);
	free(points);
	return r < 0 ? r : 0;
}

static json_t *folder_of(const char *name, const char *folder)
{
	return json_pack(
		"{s:s, s:s, s:{s:s}}", "name", name, "folder", folder, "values", "revision", name);
}

static int search_directories(
	struct bisect_drive *drive, const struct string_list *directories, struct problem *why)
{
	json_t *folders = json_array();
	int r = 0;

	for (size_t i = 0; i < directories->count && r == 0; i++) {
		char *path = realpath(directories->texts[i], NULL);

		if (!path)
			r = problem_set(
				why, -ENOENT, "there is no directory %s", directories->texts[i]);
		else
			json_array_append_new(folders, folder_of(directories->texts[i], path));
		free(path);
	}
	if (r == 0 && directories->count < 2)
		r = problem_set(why, -EINVAL, "give two directories at least, the oldest first");
	if (r == 0)
		r = search_folders(drive, folders, why);
	json_decref(folders);
	return r;
}

/* All are unpacked before the first is tested: a package that cannot be is no revision that cannot
 * be tested. */
static int search_packages(
	struct bisect_drive *drive, const struct bisect_range *range, struct problem *why)
{
	json_t *versions = NULL, *folders = json_array();
	const char *state = drive->session->state.dir;
	const json_t *version;
	char folder[PATH_MAX];
	size_t i;
	int r = bisect_packages_list(range->packages, range->package, &versions, why);

	snprintf(folder, sizeof(folder), "%s/unpacked", state);
	if (r == 0 && mkdir(folder, 0755) < 0 && errno != EEXIST)
		r = problem_set(why, -errno, "cannot make %s: %s", folder, strerror(errno));
	json_array_foreach(versions, i, version)
	{
		const char *name = document_text(version, "version");

		if (r < 0)
			break;
		snprintf(folder, sizeof(folder), "%s/unpacked/%s", state, name);
		r = bisect_packages_unpack(version, folder, why);
		json_array_append_new(folders, folder_of(name, folder));
	}
	if (r == 0)
		r = search_folders(drive, folders, why);
	json_decref(versions);
	json_decref(folders);
	return r;
}

static json_t *new_document(const struct bisect_session *session, const char *kind)
{
	json_t *found = document_new(DOCUMENT_BISECTION, DOCUMENT_VERSION);

	json_object_set_new(found, "harness", json_string(build_version()));
	json_object_set_new(found, "outcome", json_string("stopped"));
	json_object_set_new(found, "why", json_string(""));
	json_object_set_new(found, "kind", json_string(kind));
	json_object_set(found, "matrix", json_object_get(session->plan, "matrix"));
	json_object_set_new(found, "signature",
		session->signature ? json_incref(session->signature) : json_array());
	json_object_set_new(found, "good", json_array());
	json_object_set_new(found, "bad", json_string(""));
	json_object_set_new(found, "candidates", json_integer(0));
	json_object_set_new(found, "steps", json_array());
	json_object_set_new(found, "first_bad", json_array());
	json_object_set_new(found, "guilty", json_array());
	return found;
}

int bisect_drive(struct bisect_session *session, const struct bisect_range *range, json_t **found_r,
	struct problem *why)
{
	const char *kind = range->git                 ? "git"
			   : range->packages          ? "packages"
			   : range->directories.count ? "directories"
						      : "tuple";
	struct bisect_drive drive = { session, "ends", new_document(session, kind) };
	int r;

	if (!!range->git + !!range->packages + !!range->directories.count + !!range->parts.count !=
		1)
		r = problem_set(why, -EINVAL,
			"say once what is bisected: --git, --packages, --directory or --part");
	else if (range->git)
		r = bisect_commits(&drive, range, why);
	else if (range->packages)
		r = search_packages(&drive, range, why);
	else if (range->directories.count)
		r = search_directories(&drive, &range->directories, why);
	else
		r = bisect_tuple(&drive, &range->parts, why);
	if (r == 0)
		r = bisect_compare(session, drive.found, why);
	if (r < 0)
		json_decref(drive.found);
	else
		*found_r = drive.found;
	return r;
}
