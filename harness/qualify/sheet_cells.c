#include <stdlib.h>
#include <string.h>

#include "harness/qualify/qualify.h"
#include "harness/qualify/sheet.h"
#include "src/document.h"

static void write_names(const struct sheet *sheet, const char *strong, const json_t *names)
{
	char text[TEXT_MAX];

	qualify_join(names, text);
	if (text[0])
		sheet_paragraph(sheet, strong, text);
}

/* A verdict, or that the run has no such cell. */
static const char *verdict_at(const json_t *verdicts, size_t run)
{
	const json_t *verdict = json_array_get(verdicts, run);

	return json_is_string(verdict) ? json_string_value(verdict) : "not run";
}

static void write_verdicts(const struct sheet *sheet, const json_t *matrix)
{
	static const char *const first[] = { "Cell", NULL };
	const char *texts[QUALIFY_COLUMNS_MAX];
	const json_t *cell;
	size_t i, count;

	sheet_heading(sheet, 3, document_text(matrix, "name"));
	count = qualify_table(sheet, first, json_object_get(matrix, "runs"), "release");
	json_array_foreach(json_object_get(matrix, "cells"), i, cell)
	{
		texts[0] = document_text(cell, "name");
		for (size_t run = 0; run < count; run++)
			texts[1 + run] = verdict_at(json_object_get(cell, "verdicts"), run);
		sheet_row(sheet, texts, 1 + count);
	}
	sheet_table_end(sheet);
	write_names(sheet, "SHA-256 of the matrix:", json_object_get(matrix, "sha256"));
	write_names(sheet, "SHA-256 of the patterns:", json_object_get(matrix, "patterns"));
}

void qualify_sheet_verdicts(const struct sheet *sheet, const json_t *document)
{
	const json_t *matrix;
	size_t i;

	sheet_heading(sheet, 2, "Verdicts side by side");
	json_array_foreach(json_object_get(document, "matrices"), i, matrix)
		write_verdicts(sheet, matrix);
}

/* How a class (harness/compare/diff.h) reads between two releases, the gravest first: by what the
 * cell was.
 */
static const struct {
	const char *class, *before, *words; /* before: "" for whatever else it was */
} classes[] = {
	{ "regression", "XFAIL", "was a known deviation, is not as expected now" },
	{ "regression", "", "was as expected, is not now" },
	{ "other failure", "", "fails otherwise" },
	{ "known", "FAIL", "failed before, is a known deviation now" },
	{ "known", "", "was as expected, is a known deviation now" },
	{ QUALIFY_OTHERWISE, "", "was a known deviation, is a different one now" },
	{ "like a", "", "fails likewise" },
	{ "not tested", "", "has no answer now" },
	{ "fixed", "", "is as expected now" },
};

#define CLASSES (sizeof(classes) / sizeof(classes[0]))

/* The first place in the table that speaks of that cell; CLASSES if none does. */
static size_t class_of(const json_t *cell)
{
	size_t i = 0;

	while (i < CLASSES && (strcmp(document_text(cell, "class"), classes[i].class) != 0 ||
				      (classes[i].before[0] && strcmp(document_text(cell, "a"),
								       classes[i].before) != 0)))
		i++;
	return i;
}

static void write_change(const struct sheet *sheet, const json_t *cell, const char *words)
{
	char before[TEXT_MAX], now[TEXT_MAX], from[TEXT_MAX];

	section_value(json_object_get(cell, "a"), before);
	section_value(json_object_get(cell, "b"), now);
	snprintf(from, sizeof(from), "%.32s in %.64s", before, document_text(cell, "from"));
	if (!document_text(cell, "from")[0])
		strcpy(from, "not run");
	sheet_row(sheet,
		(const char *[]){ document_text(cell, "name"), words, from, now,
			document_text(cell, "reason") },
		5);
}

static json_int_t counted(const json_t *step, const char *class)
{
	return json_integer_value(json_object_get(json_object_get(step, "classes"), class));
}

static void write_step(const struct sheet *sheet, const json_t *matrix, const json_t *step)
{
	const char *columns[] = { "Cell", "Change", "Before", "Now", "Why", NULL };
	const json_t *cells = json_object_get(step, "cells"), *cell;
	char text[TEXT_MAX];
	bool any = false;
	size_t i;

	snprintf(text, sizeof(text), "%.128s in %.64s", document_text(matrix, "name"),
		document_text(step, "to"));
	sheet_heading(sheet, 3, text);
	snprintf(text, sizeof(text),
		"%" JSON_INTEGER_FORMAT " as before; %" JSON_INTEGER_FORMAT
		" without an answer here, with one before; %" JSON_INTEGER_FORMAT
		" without an answer before.",
		counted(step, "same"), counted(step, "only a"), counted(step, "only b"));
	sheet_paragraph(sheet, "Cells:", text);
	for (size_t class = 0; class < CLASSES; class ++) {
		json_array_foreach(cells, i, cell)
		{
			if (class_of(cell) != class)
				continue;
			if (!any)
				sheet_table(sheet, columns);
			any = true;
			write_change(sheet, cell, classes[class].words);
		}
	}
	if (any)
		sheet_table_end(sheet);
}

void qualify_sheet_steps(const struct sheet *sheet, const json_t *document)
{
	const json_t *matrix, *step;
	bool any = false;
	size_t i, j;

	sheet_heading(sheet, 2, "Regressions between releases");
	sheet_paragraph(sheet, "",
		"Each cell is compared with the last earlier release in which it had "
		"an answer.");
	json_array_foreach(json_object_get(document, "matrices"), i, matrix)
	{
		json_array_foreach(json_object_get(matrix, "steps"), j, step)
		{
			write_step(sheet, matrix, step);
			any = true;
		}
	}
	if (!any)
		sheet_paragraph(sheet, "", "No matrix was run in two releases.");
}

static void write_field(
	const struct sheet *sheet, const json_t *cell, const json_t *field, size_t count)
{
	const char *texts[QUALIFY_COLUMNS_MAX] = { document_text(cell, "name"),
		document_text(field, "field") };
	char *sentences[COMPARE_RUNS_MAX];

	for (size_t run = 0; run < count; run++) {
		sentences[run] = compare_sentence(cell, field, run);
		texts[2 + run] = sentences[run] ? sentences[run] : "?";
	}
	sheet_row(sheet, texts, 2 + count);
	for (size_t run = 0; run < count; run++)
		free(sentences[run]);
}

static void write_fields(const struct sheet *sheet, const json_t *matrix)
{
	static const char *const first[] = { "Cell", "Field", NULL };
	const json_t *cell, *field;
	size_t i, j, count = 0;
	bool any = false;

	json_array_foreach(json_object_get(matrix, "cells"), i, cell)
	{
		json_array_foreach(json_object_get(cell, "fields"), j, field)
		{
			if (!any) {
				sheet_heading(sheet, 3, document_text(matrix, "name"));
				count = qualify_table(
					sheet, first, json_object_get(matrix, "runs"), "release");
			}
			any = true;
			write_field(sheet, cell, field, count);
		}
	}
	if (any)
		sheet_table_end(sheet);
}

void qualify_sheet_fields(const struct sheet *sheet, const json_t *document)
{
	const json_t *matrix;
	size_t i;

	sheet_heading(sheet, 2, "Guest fields that differ between releases");
	json_array_foreach(json_object_get(document, "matrices"), i, matrix)
		write_fields(sheet, matrix);
}

static const char *word(const json_t *value, const char *yes, const char *no)
{
	if (json_is_true(value))
		return yes;
	return json_is_false(value) ? no : "";
}

static void write_transition(const struct sheet *sheet, const json_t *transition)
{
	char words[TEXT_MAX] = "";
	const char *axis;
	json_t *value;

	json_object_foreach(json_object_get(transition, "words"), axis, value)
		section_add(words, ", ", json_is_string(value) ? json_string_value(value) : "?");
	sheet_row(sheet,
		(const char *[]){ words, document_text(transition, "release"),
			document_text(transition, "outcome"),
			word(json_object_get(transition, "disk"), "all there", "damaged"),
			word(json_object_get(transition, "clock"), "goes on", "wrong"),
			document_text(transition, "verdict") },
		6);
}

void qualify_sheet_transitions(const struct sheet *sheet, const json_t *document)
{
	static const char *const columns[] = { "Saved, restored, how", "Release", "Outcome", "Disk",
		"Clock", "Verdict", NULL };
	const json_t *matrix, *transition;
	bool any = false;
	size_t i, j;

	sheet_heading(sheet, 2, "Saved under one machine, restored under another");
	json_array_foreach(json_object_get(document, "matrices"), i, matrix)
	{
		json_array_foreach(json_object_get(matrix, "transitions"), j, transition)
		{
			if (!any)
				sheet_table(sheet, columns);
			any = true;
			write_transition(sheet, transition);
		}
	}
	if (any)
		sheet_table_end(sheet);
	else
		sheet_paragraph(sheet, "", "No guest was saved.");
}

void qualify_sheet_failures(const struct sheet *sheet, const json_t *document)
{
	static const char *const columns[] = { "Cell", "Matrix", "Release", "Look first at", "Why",
		NULL };
	const json_t *failures = json_object_get(document, "failures"), *failure;
	size_t i;

	sheet_heading(sheet, 2, "Not as expected");
	if (json_array_size(failures) == 0) {
		sheet_paragraph(sheet, "", "No cell is FAIL.");
		return;
	}
	sheet_table(sheet, columns);
	json_array_foreach(failures, i, failure) sheet_row(sheet,
		(const char *[]){ document_text(failure, "name"), document_text(failure, "matrix"),
			document_text(failure, "release"), document_text(failure, "layer"),
			document_text(failure, "reason") },
		5);
	sheet_table_end(sheet);
}

/* "bookworm: a, b; trixie: a" */
static void where_text(const json_t *of, char text[static TEXT_MAX])
{
	char cells[TEXT_MAX];
	const json_t *one;
	size_t i;

	text[0] = '\0';
	json_array_foreach(of, i, one)
	{
		qualify_join(json_object_get(one, "cells"), cells);
		section_add(text, "; ", document_text(one, "release"));
		section_add(text, "", ": ");
		section_add(text, "", cells);
	}
}

static void write_known(const struct sheet *sheet, const json_t *group)
{
	const char *id = document_text(group, "known"), *until = document_text(group, "until");
	char expected[TEXT_MAX], seen[TEXT_MAX], where[TEXT_MAX];

	section_value(json_object_get(group, "expected"), expected);
	section_value(json_object_get(group, "seen"), seen);
	where_text(json_object_get(group, "of"), where);
	sheet_row(sheet,
		(const char *[]){ id[0] ? id : document_text(group, "id"),
			document_text(group, "matrix"), document_text(group, "field"), expected,
			seen, document_text(group, "why"), document_text(group, "source"),
			until[0] ? until : "no date", where },
		9);
}

void qualify_sheet_known(
	const struct sheet *sheet, const json_t *document, const char *key, const char *title)
{
	static const char *const columns[] = { "Known as", "Matrix", "Field", "Expected", "Seen",
		"Why", "Source", "Until", "Cells", NULL };
	const json_t *groups = json_object_get(document, key), *group;
	size_t i;

	sheet_heading(sheet, 2, title);
	if (json_array_size(groups) == 0) {
		sheet_paragraph(sheet, "", "None.");
		return;
	}
	sheet_table(sheet, columns);
	json_array_foreach(groups, i, group) write_known(sheet, group);
	sheet_table_end(sheet);
}

void qualify_sheet_unanswered(const struct sheet *sheet, const json_t *document)
{
	static const char *const columns[] = { "Verdict", "Matrix", "Release", "Reason",
		"Look first at", "Cells", NULL };
	const json_t *groups = json_object_get(document, "unanswered"), *group;
	char cells[TEXT_MAX];
	size_t i;

	sheet_heading(sheet, 2, "Cells without an answer");
	if (json_array_size(groups) == 0) {
		sheet_paragraph(sheet, "", "Every cell that was run has an answer.");
		return;
	}
	sheet_table(sheet, columns);
	json_array_foreach(groups, i, group)
	{
		qualify_join(json_object_get(group, "cells"), cells);
		sheet_row(sheet,
			(const char *[]){ document_text(group, "verdict"),
				document_text(group, "matrix"), document_text(group, "release"),
				document_text(group, "reason"), document_text(group, "layer"),
				cells },
			6);
	}
	sheet_table_end(sheet);
}

/* Which cells of a matrix were not run of a release; "" if all were. Returns why. */
static const char *unrun_of(const json_t *matrix, const char *release, char cells[static TEXT_MAX])
{
	const json_t *run;
	size_t i;

	json_array_foreach(json_object_get(matrix, "runs"), i, run)
	{
		if (strcmp(document_text(run, "release"), release) == 0) {
			qualify_join(json_object_get(run, "unrun"), cells);
			return "not selected for the run";
		}
	}
	strcpy(cells, "all");
	return "no run of this matrix";
}

/* What nobody tried: cells that a run was not told to run, and matrices that a release has no run
 * of. */
void qualify_sheet_unrun(const struct sheet *sheet, const json_t *document)
{
	static const char *const columns[] = { "Matrix", "Release", "Why", "Cells", NULL };
	const json_t *releases = json_object_get(document, "releases"), *release, *matrix;
	char cells[TEXT_MAX];
	bool any = false;
	size_t i, j;

	sheet_heading(sheet, 2, "Cells that were not run");
	json_array_foreach(json_object_get(document, "matrices"), i, matrix)
	{
		json_array_foreach(releases, j, release)
		{
			const char *name = document_text(release, "name");
			const char *why = unrun_of(matrix, name, cells);

			if (!cells[0])
				continue;
			if (!any)
				sheet_table(sheet, columns);
			any = true;
			sheet_row(sheet,
				(const char *[]){ document_text(matrix, "name"), name, why, cells },
				4);
		}
	}
	if (any)
		sheet_table_end(sheet);
	else
		sheet_paragraph(sheet, "", "Every cell was run.");
}
