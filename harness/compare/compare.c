#include "harness/compare/compare.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "harness/evidence/json_diff.h"
#include "harness/judge/judge.h"
#include "harness/report/cell_text.h"
#include "src/document.h"

struct sides {
	const struct compare_run *runs;
	size_t count;
};

/* The cell of that name, a new reference; NULL if the run has none. */
static int find_cell(const struct compare_run *run, const char *name, json_t **cell_r)
{
	const json_t *place = json_object_get(run->places, name);

	*cell_r = NULL;
	return place ? run->cell(run->data, (uint64_t)json_integer_value(place), cell_r) : 0;
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

static json_t *compare_cell(const json_t *const *cells, size_t count, const char *name)
{
	bool differ = false, ignored = false;
	json_t *verdicts = column(cells, count, "verdict", &differ);
	json_t *endings = column(cells, count, "ending", &differ);
	json_t *causes = column(cells, count, "cause", &ignored);
	json_t *fields = compare_fields(cells, count);

	return json_pack("{s:s, s:b, s:o, s:o, s:o, s:o}", "name", name, "changed",
		differ || json_array_size(fields) > 0, "verdicts", verdicts, "endings", endings,
		"causes", causes, "fields", fields);
}

/* Finds the cell in each run, and compares. */
static int compare_named(const struct compare_run *runs, size_t count, const char *name,
	int (*take)(void *data, const json_t *cell), void *data)
{
	json_t *cells[COMPARE_RUNS_MAX] = { NULL }, *compared = NULL;
	int r = 0;

	for (size_t i = 0; i < count && r == 0; i++)
		r = find_cell(&runs[i], name, &cells[i]);
	if (r == 0) {
		compared = compare_cell((const json_t *const *)cells, count, name);
		r = compared ? take(data, compared) : -ENOMEM;
	}
	json_decref(compared);
	for (size_t i = 0; i < count; i++)
		json_decref(cells[i]);
	return r;
}

/* Does a run before that one have the cell? */
static bool is_earlier(const struct compare_run *runs, size_t run, const char *name)
{
	for (size_t i = 0; i < run; i++) {
		if (json_object_get(runs[i].places, name))
			return true;
	}
	return false;
}

int compare_each(const struct compare_run *runs, size_t count,
	int (*take)(void *data, const json_t *cell), void *data)
{
	const char *name;
	json_t *place;
	int r = 0;

	for (size_t run = 0; run < count; run++) {
		json_object_foreach((json_t *)runs[run].places, name, place)
		{
			if (r == 0 && !is_earlier(runs, run, name))
				r = compare_named(runs, count, name, take, data);
		}
	}
	return r;
}

void compare_count(json_t *counts, const json_t *cell)
{
	document_count(counts, json_is_true(json_object_get(cell, "changed")) ? "changed" : "same");
}

/* The last part of a run's path, whatever slashes end it: its length, and where it begins. */
static int last_part(const struct compare_run *run, const char **part_r)
{
	const char *path = run->dir;
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
	const char *path = sides->runs[run].dir, *part, *other;
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
	const struct compare_run *run = &sides->runs[at];
	char *name = name_run(sides, at), *tested = render_string(render_place, run->findings);
	json_t *entry = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:O?, s:s}", "name",
		name && *name ? name : "?", "dir", run->dir, "started",
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

json_t *compare_head(const struct compare_run *runs, size_t count)
{
	struct sides sides = { .runs = runs, .count = count };
	json_t *head = document_new(DOCUMENT_COMPARISON, DOCUMENT_VERSION);
	json_t *described = json_array();
	size_t more = 0;

	for (size_t i = 0; i < count; i++)
		json_array_append_new(described, describe(&sides, i));
	json_object_set_new(head, "runs", described);
	json_object_set_new(head, "identities", compare_identities(&sides, &more));
	if (more > 0)
		json_object_set_new(head, "more", json_integer((json_int_t)more));
	return head;
}

int compare_exit_status(const struct compare_run *runs, size_t count)
{
	int worst = 0;

	for (size_t i = 0; i < count; i++) {
		int status = judge_exit_status(runs[i].findings);

		worst = status > worst ? status : worst;
	}
	return worst;
}
