#include "harness/compare/compare.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "harness/evidence/json_diff.h"
#include "harness/judge/judge.h"
#include "harness/plan/plan.h"
#include "harness/report/cell_text.h"
#include "src/document.h"

struct sides {
	const struct diff_run *runs;
	size_t count;
	json_t *places[COMPARE_RUNS_MAX]; /* of cells in the findings */
};

static const json_t *cells_of(const struct sides *sides, size_t run)
{
	return json_object_get(sides->runs[run].findings, "cells");
}

static const json_t *find_cell(const struct sides *sides, size_t run, const char *name)
{
	ssize_t at = plan_place(sides->places[run], name);

	return at < 0 ? NULL : json_array_get(cells_of(sides, run), (size_t)at);
}

static json_t *or_null(const json_t *value)
{
	return value ? json_incref((json_t *)value) : json_null();
}

static bool has_report(const json_t *cell)
{
	return strcmp(document_text(cell, "ending"), "done") == 0;
}

/* What of a finding is compared and told. */
static json_t *essence(const json_t *finding)
{
	const json_t *known = json_object_get(finding, "known");

	return json_pack("{s:O?, s:O?, s:O?, s:O?, s:O?, s:O?, s:O?, s:O?}", "id",
		json_object_get(finding, "id"), "verdict", json_object_get(finding, "verdict"),
		"expected", json_object_get(finding, "expected"), "seen",
		json_object_get(finding, "seen"), "source", json_object_get(finding, "source"),
		"known", json_object_get(known, "id"), "why", json_object_get(known, "why"), "link",
		json_object_get(known, "link"));
}

/* The findings of a cell about a field. */
static json_t *findings_about(const json_t *cell, const char *field)
{
	json_t *about = json_array();
	const json_t *finding;
	size_t i;

	json_array_foreach(json_object_get(cell, "findings"), i, finding)
	{
		if (strcmp(document_text(finding, "field"), field) == 0)
			json_array_append_new(about, essence(finding));
	}
	return about;
}

/* Adds the field to "fields" if not all runs say the same of it. */
static void compare_field(
	const json_t *const *cells, size_t count, const char *field, json_t *fields)
{
	bool about_ending = strcmp(field, "ending") == 0, differ = false;
	json_t *runs = json_array(), *first = NULL;

	for (size_t i = 0; i < count; i++) {
		json_t *about = findings_about(cells[i], field);

		json_array_append_new(runs, about);
		if (!cells[i] || (!about_ending && !has_report(cells[i])))
			continue;
		if (first && !json_equal(first, about))
			differ = true;
		first = first ? first : about;
	}
	if (differ)
		json_array_append_new(
			fields, json_pack("{s:s, s:O}", "field", field, "runs", runs));
	json_decref(runs);
}

static json_t *compare_fields(const json_t *const *cells, size_t count)
{
	json_t *fields = json_array(), *looked = json_object();
	const json_t *finding;
	size_t i;

	for (size_t run = 0; run < count; run++) {
		json_array_foreach(json_object_get(cells[run], "findings"), i, finding)
		{
			const char *field = document_text(finding, "field");

			if (json_object_get(looked, field))
				continue;
			json_object_set_new(looked, field, json_true());
			compare_field(cells, count, field, fields);
		}
	}
	json_decref(looked);
	return fields;
}

/* What the runs' cells have at a key; whether that is not the same in all that have the cell. */
static json_t *column(const json_t *const *cells, size_t count, const char *key, bool *differ_r)
{
	json_t *values = json_array();
	const json_t *first = NULL;

	for (size_t i = 0; i < count; i++) {
		const json_t *value = json_object_get(cells[i], key);

		json_array_append_new(values, or_null(value));
		if (!cells[i])
			continue;
		if (first && !json_equal(first, value))
			*differ_r = true;
		first = first ? first : value;
	}
	return values;
}

static json_t *compare_cell(const struct sides *sides, const char *name)
{
	const json_t *cells[COMPARE_RUNS_MAX] = { NULL };
	bool differ = false, ignored = false;
	json_t *verdicts, *endings, *causes, *fields;

	for (size_t i = 0; i < sides->count; i++)
		cells[i] = find_cell(sides, i, name);
	verdicts = column(cells, sides->count, "verdict", &differ);
	endings = column(cells, sides->count, "ending", &differ);
	causes = column(cells, sides->count, "cause", &ignored);
	fields = compare_fields(cells, sides->count);
	return json_pack("{s:s, s:b, s:o, s:o, s:o, s:o}", "name", name, "changed",
		differ || json_array_size(fields) > 0, "verdicts", verdicts, "endings", endings,
		"causes", causes, "fields", fields);
}

static json_t *compare_cells(const struct sides *sides)
{
	json_t *compared = json_array(), *done = json_object();
	const json_t *cell;
	size_t i;

	for (size_t run = 0; run < sides->count; run++) {
		json_array_foreach(cells_of(sides, run), i, cell)
		{
			const char *name = document_text(cell, "name");

			if (json_object_get(done, name))
				continue;
			json_object_set_new(done, name, json_true());
			json_array_append_new(compared, compare_cell(sides, name));
		}
	}
	json_decref(done);
	return compared;
}

static json_t *count_cells(const json_t *cells)
{
	json_t *counts = json_object();
	const json_t *cell;
	size_t i;

	json_array_foreach(cells, i, cell) document_count(
		counts, json_is_true(json_object_get(cell, "changed")) ? "changed" : "same");
	return counts;
}

static const char *path_of(const struct diff_run *run)
{
	return run->store && run->store->dir ? run->store->dir : "";
}

/* The last part of a run's path, whatever slashes end it: its length, and where it begins. */
static int last_part(const struct diff_run *run, const char **part_r)
{
	const char *path = path_of(run);
	size_t end = strlen(path), begin;

	while (end > 1 && path[end - 1] == '/')
		end--;
	for (begin = end; begin > 0 && path[begin - 1] != '/'; begin--)
		;
	*part_r = path + begin;
	return (int)(end - begin);
}

/* The last part of its folder's path, or all of it if another run's ends alike. */
static char *name_run(const struct sides *sides, size_t run)
{
	const char *path = path_of(&sides->runs[run]), *part, *other;
	int length = last_part(&sides->runs[run], &part);
	char *name = NULL;

	for (size_t i = 0; i < sides->count && part != path; i++) {
		if (i != run && last_part(&sides->runs[i], &other) == length &&
			strncmp(part, other, (size_t)length) == 0) {
			length += (int)(part - path);
			part = path;
		}
	}
	return asprintf(&name, "%.*s", length, part) < 0 ? NULL : name;
}

static json_t *describe(const struct sides *sides, size_t at)
{
	const struct diff_run *run = &sides->runs[at];
	char *name = name_run(sides, at), *tested = render_string(render_place, run->findings);
	json_t *entry = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:O?, s:s}", "name",
		name && *name ? name : "?", "dir", path_of(run), "started",
		document_text(run->findings, "started"), "harness",
		document_text(run->findings, "harness"), "matrix",
		document_text(json_object_get(run->findings, "matrix"), "name"), "verdict",
		document_text(run->findings, "verdict"), "counts",
		json_object_get(run->findings, "counts"), "tested", tested ? tested : "");

	free(name);
	free(tested);
	return entry;
}

/* The value of every run at that path of the identities. */
static json_t *identity_values(const struct sides *sides, const char *what)
{
	json_t *values = json_array();

	for (size_t run = 0; run < sides->count; run++) {
		const json_t *identities = json_object_get(sides->runs[run].findings, "identities");

		json_array_append_new(values, or_null(json_diff_at(identities, what)));
	}
	return values;
}

/* What of the identities differs between any run and the first, each once; at most
 * DIFF_CHANGES_MAX, *more_r counts the others. */
static json_t *compare_identities(const struct sides *sides, size_t *more_r)
{
	static const char *const ignored[] = { "destroyed_at_start", "host.pci", NULL };
	json_t *differing = json_array(), *noted = json_object();
	const json_t *change;
	size_t i;

	for (size_t run = 1; run < sides->count; run++) {
		struct json_diff values = {
			.changes = json_array(),
			.ignored = ignored,
			.leaves = true,
			.most = SIZE_MAX /* what the runs have in common is counted once */
		};

		json_diff(&values, "", json_object_get(sides->runs[0].findings, "identities"),
			json_object_get(sides->runs[run].findings, "identities"));
		json_array_foreach(values.changes, i, change)
		{
			const char *what = document_text(change, "what");

			if (json_object_get(noted, what))
				continue;
			json_object_set_new(noted, what, json_true());
			if (json_array_size(differing) < DIFF_CHANGES_MAX)
				json_array_append_new(
					differing, json_pack("{s:s, s:o}", "what", what, "values",
							   identity_values(sides, what)));
			else
				(*more_r)++;
		}
		json_decref(values.changes);
	}
	json_decref(noted);
	return differing;
}

json_t *compare_runs(const struct diff_run *runs, size_t count)
{
	struct sides sides = { .runs = runs, .count = count };
	json_t *comparison = document_new(DOCUMENT_COMPARISON, DOCUMENT_VERSION);
	json_t *described = json_array(), *cells;
	size_t more = 0;

	for (size_t i = 0; i < count; i++)
		sides.places[i] = plan_places(runs[i].findings);
	for (size_t i = 0; i < count; i++)
		json_array_append_new(described, describe(&sides, i));
	cells = compare_cells(&sides);
	json_object_set_new(comparison, "runs", described);
	json_object_set_new(comparison, "identities", compare_identities(&sides, &more));
	if (more > 0)
		json_object_set_new(comparison, "more", json_integer((json_int_t)more));
	json_object_set_new(comparison, "counts", count_cells(cells));
	json_object_set_new(comparison, "cells", cells);
	for (size_t i = 0; i < count; i++)
		json_decref(sides.places[i]);
	return comparison;
}

int compare_exit_status(const struct diff_run *runs, size_t count)
{
	int worst = 0;

	for (size_t i = 0; i < count; i++) {
		int status = judge_exit_status(runs[i].findings);

		worst = status > worst ? status : worst;
	}
	return worst;
}
