#include "harness/compare/diff.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/fileio.h"
#include "harness/compare/report_bars.h"
#include "harness/evidence/fields.h"
#include "harness/evidence/json_diff.h"
#include "harness/judge/judge.h"
#include "harness/plan/plan.h"
#include "harness/store/seal.h"
#include "src/document.h"
#include "src/verdict.h"

/* A run, and where its cells stand in findings and stored plan. */
struct side {
	const struct diff_run *run;
	json_t *judged, *stored;
};

static struct side side_of(const struct diff_run *run)
{
	return (struct side){ run, plan_places(run->findings), plan_places(run->plan) };
}

static void side_finish(struct side *side)
{
	json_decref(side->judged);
	json_decref(side->stored);
}

static const json_t *find_cell(const struct side *side, const char *name)
{
	ssize_t at = plan_place(side->judged, name);

	return at < 0 ? NULL
		      : json_array_get(json_object_get(side->run->findings, "cells"), (size_t)at);
}

static enum verdict verdict_of(const json_t *cell)
{
	enum verdict verdict = VERDICT_MISS;

	verdict_parse(document_text(cell, "verdict"), &verdict);
	return verdict;
}

static bool as_expected(const json_t *cell)
{
	return cell && verdict_of(cell) <= VERDICT_DONE;
}

/* How often the cell ran. A flaky one that passes in fewer runs than it had is not fixed by that.
 */
static size_t repeats(const json_t *cell)
{
	size_t count = json_array_size(json_object_get(cell, "repeats"));

	return count > 0 ? count : 1;
}

static bool was_ever_as_expected(const char *name, const struct side *history, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (as_expected(find_cell(&history[i], name)))
			return true;
	}
	return false;
}

/* {FIELD: what was seen} of the findings that are FAIL, and how it ended: what a failure is. */
static json_t *signature(const json_t *cell)
{
	json_t *failure = json_object();
	const json_t *finding;
	size_t i;

	json_object_set(failure, "ending", json_object_get(cell, "ending"));
	json_array_foreach(json_object_get(cell, "findings"), i, finding)
	{
		if (strcmp(document_text(finding, "verdict"), verdict_name(VERDICT_FAIL)) == 0)
			json_object_set(failure, document_text(finding, "field"),
				json_object_get(finding, "seen"));
	}
	return failure;
}

static bool fails_alike(const json_t *a, const json_t *b)
{
	json_t *one = signature(a), *other = signature(b);
	bool alike = json_equal(one, other);

	json_decref(one);
	json_decref(other);
	return alike;
}

static const char *class_of_failure(
	const json_t *a, const json_t *b, const struct side *history, size_t count)
{
	bool was_good = a && verdict_of(a) <= VERDICT_XFAIL && judge_was_tested(a);

	if (was_good)
		return "regression";
	if (count > 0 && !was_ever_as_expected(document_text(b, "name"), history, count))
		return "never passed";
	if (a && verdict_is_deviation(verdict_of(a)))
		return fails_alike(a, b) ? "like a" : "other failure";
	/* a says nothing of it: what was before that decides. */
	return count > 0 ? "regression" : "other failure";
}

static const char *class_of(
	const json_t *a, const json_t *b, bool changes, const struct side *history, size_t count)
{
	if (!b)
		return "only a";
	switch (verdict_of(b)) {
	case VERDICT_FLAKY:
	case VERDICT_FAIL:
		return class_of_failure(a, b, history, count);
	case VERDICT_SKIP:
		/* The same part of a guest that ran could not be looked at. */
		if (a && verdict_of(a) == VERDICT_SKIP && judge_was_tested(a) &&
			judge_was_tested(b))
			break;
		return "not tested";
	case VERDICT_ERROR:
	case VERDICT_MISS:
		return "not tested";
	case VERDICT_XFAIL:
		if (a && verdict_of(a) != VERDICT_XFAIL)
			return "known";
		break;
	default:
		if (a && verdict_of(a) == VERDICT_FLAKY && repeats(b) < repeats(a))
			return "not tested";
		if (a && !as_expected(a))
			return "fixed";
	}
	if (!a)
		return "only b";
	return changes ? "changed" : "same";
}

/* The checked report of a cell, or NULL. */
static json_t *read_report(const struct side *side, const char *name)
{
	const struct store *store = side->run->store;
	ssize_t at = store ? plan_place(side->stored, name) : -1;
	struct problem why = { 0 };
	json_t *report = NULL;
	int fd = at < 0 ? -1 : store_cell(store, (size_t)at, name, false, &why);

	if (fd < 0)
		return NULL;
	store_read_report(fd, &report, &why);
	close(fd);
	return report;
}

/* What else was seen, on the host's side: {FIELD: seen} of the findings that need no report. */
static json_t *seen_outside(const json_t *cell)
{
	json_t *seen = json_object();
	const json_t *finding;
	size_t i;

	json_array_foreach(json_object_get(cell, "findings"), i, finding)
	{
		const char *field = document_text(finding, "field");

		if (!evidence_needs_report(field) && json_object_get(finding, "seen"))
			json_object_set(seen, field, json_object_get(finding, "seen"));
	}
	return seen;
}

static json_t *changes_of(const struct side *a, const struct side *b, const json_t *in_a,
	const json_t *in_b, size_t *more_r)
{
	const char *name = document_text(in_b, "name");
	struct json_diff values = {
		.changes = json_array(), .ignored = diff_passing, .leaves = true
	};
	json_t *one = read_report(a, name), *other = read_report(b, name);

	if (one && other) {
		report_bars_fold(one, other);
		json_diff(&values, "", one, other);
	}
	json_decref(one);
	json_decref(other);
	one = seen_outside(in_a);
	other = seen_outside(in_b);
	json_diff(&values, "", one, other);
	json_decref(one);
	json_decref(other);
	*more_r = values.more;
	return values.changes;
}

static json_t *verdict_json(const json_t *cell)
{
	return cell ? json_incref(json_object_get(cell, "verdict")) : json_null();
}

static json_t *cell_entry(const struct side *a, const struct side *b, const json_t *in_a,
	const json_t *in_b, const struct side *history, size_t count)
{
	size_t more = 0;
	json_t *changes = in_a && in_b ? changes_of(a, b, in_a, in_b, &more) : json_array();
	const char *class = class_of(in_a, in_b, json_array_size(changes) > 0, history, count);

	return json_pack("{s:s, s:s, s:o, s:o, s:s, s:o, s:I}", "name",
		document_text(in_b ? in_b : in_a, "name"), "class", class, "a", verdict_json(in_a),
		"b", verdict_json(in_b), "cause", document_text(in_b, "cause"), "changes", changes,
		"more", (json_int_t)more);
}

static json_t *describe(const struct diff_run *run)
{
	int r;
	json_t *file =
		run->store ? seal_describe(run->store->dir_fd, "run.json", FILEIO_MAX, &r) : NULL;
	json_t *about = json_pack("{s:s?, s:s, s:s, s:s, s:O?}", "dir",
		run->store ? run->store->dir : NULL, "started", document_text(run->run, "started"),
		"harness", document_text(run->run, "harness"), "verdict",
		document_text(run->findings, "verdict"), "run_sha256",
		json_object_get(file, "sha256"));

	json_decref(file);
	return about;
}

static json_t *identity_changes(const struct diff_run *a, const struct diff_run *b, size_t *more_r)
{
	static const char *const ignored[] = { "destroyed_at_start", "host.pci", "lacking", NULL };
	struct json_diff values = { .changes = json_array(), .ignored = ignored, .leaves = true };

	json_diff(&values, "", json_object_get(a->run, "identities"),
		json_object_get(b->run, "identities"));
	*more_r = values.more;
	return values.changes;
}

static json_t *count_classes(const json_t *cells)
{
	json_t *classes = json_object();
	const json_t *cell;
	size_t i;

	json_array_foreach(cells, i, cell) document_count(classes, document_text(cell, "class"));
	return classes;
}

static json_t *compare_cells(
	const struct side *a, const struct side *b, const struct side *history, size_t count)
{
	json_t *cells = json_array();
	const json_t *cell;
	size_t i;

	json_array_foreach(
		json_object_get(b->run->findings, "cells"), i, cell) json_array_append_new(cells,
		cell_entry(a, b, find_cell(a, document_text(cell, "name")), cell, history, count));
	json_array_foreach(json_object_get(a->run->findings, "cells"), i, cell)
	{
		if (!find_cell(b, document_text(cell, "name")))
			json_array_append_new(cells, cell_entry(a, b, cell, NULL, history, count));
	}
	return cells;
}

json_t *diff_runs(const struct diff_run *a, const struct diff_run *b,
	const struct diff_run *history, size_t count)
{
	struct side *sides = calloc(2 + count, sizeof(*sides));
	json_t *difference = document_new(DOCUMENT_DIFFERENCE, DOCUMENT_VERSION), *cells;
	size_t more = 0;

	if (!sides) {
		json_decref(difference);
		return NULL;
	}
	sides[0] = side_of(a);
	sides[1] = side_of(b);
	for (size_t i = 0; i < count; i++)
		sides[2 + i] = side_of(&history[i]);
	cells = compare_cells(&sides[0], &sides[1], sides + 2, count);
	for (size_t i = 0; i < 2 + count; i++)
		side_finish(&sides[i]);
	free(sides);
	json_object_set_new(difference, "a", describe(a));
	json_object_set_new(difference, "b", describe(b));
	json_object_set_new(difference, "identities", identity_changes(a, b, &more));
	if (more > 0)
		json_object_set_new(difference, "more", json_integer((json_int_t)more));
	json_object_set_new(difference, "classes", count_classes(cells));
	json_object_set_new(difference, "cells", cells);
	return difference;
}

int diff_exit_status(const json_t *difference)
{
	const json_t *classes = json_object_get(difference, "classes");

	return json_object_get(classes, "regression") ||
	       json_object_get(classes, "other failure") || json_object_get(classes, "only a");
}
