#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/escape.h"
#include "harness/compare/compare.h"
#include "harness/report/sections.h"
#include "src/document.h"

static void add_finding(char text[static TEXT_MAX], const json_t *finding)
{
	const char *verdict = document_text(finding, "verdict");
	const char *known = document_text(finding, "known");
	char value[TEXT_MAX];

	section_add(text, "; ", verdict);
	section_value(json_object_get(finding, "seen"), value);
	section_add(text, " ", value);
	if (strcmp(verdict, "PASS") != 0) {
		section_value(json_object_get(finding, "expected"), value);
		section_add(text, ", expected ", value);
	}
	section_add(text, " (", document_text(finding, "id"));
	if (known[0])
		section_add(text, "; known as ", known);
	section_add(text, "", ")");
}

char *compare_sentence(const json_t *cell, const json_t *field, size_t run)
{
	const json_t *ending = json_array_get(json_object_get(cell, "endings"), run);
	const json_t *findings = json_array_get(json_object_get(field, "runs"), run), *finding;
	char text[TEXT_MAX] = "";
	size_t i;

	if (json_is_null(json_array_get(json_object_get(cell, "verdicts"), run)))
		return strdup("no such cell");
	json_array_foreach(findings, i, finding) add_finding(text, finding);
	if (text[0])
		return strdup(text);
	if (json_is_string(ending) && strcmp(json_string_value(ending), "done") == 0)
		return strdup("nothing is expected");
	return strdup("no report");
}

static const char *run_name(const json_t *comparison, size_t run)
{
	return document_text(json_array_get(json_object_get(comparison, "runs"), run), "name");
}

static int width_of(const json_t *comparison, int at_least)
{
	const json_t *run;
	size_t i;

	json_array_foreach(json_object_get(comparison, "runs"), i, run)
	{
		int width = (int)strlen(document_text(run, "name"));

		at_least = width > at_least && width < 40 ? width : at_least;
	}
	return at_least;
}

static void print_padded(FILE *stream, const char *text, int width)
{
	escape_text(stream, text);
	for (int i = (int)strlen(text); i < width; i++)
		fputc(' ', stream);
}

/* One line for each run: its name, and what is said of it. */
static void print_sentences(
	const json_t *comparison, const json_t *cell, const json_t *field, FILE *stream)
{
	int width = width_of(comparison, 0);
	size_t count = json_array_size(json_object_get(comparison, "runs"));

	fputs("    ", stream);
	escape_text(stream, document_text(field, "field"));
	fputc('\n', stream);
	for (size_t run = 0; run < count; run++) {
		char *sentence = compare_sentence(cell, field, run);

		fputs("        ", stream);
		print_padded(stream, run_name(comparison, run), width);
		fputs("  ", stream);
		escape_text(stream, sentence ? sentence : "?");
		fputc('\n', stream);
		free(sentence);
	}
}

static void print_verdicts(const json_t *comparison, const json_t *cell, FILE *stream)
{
	const json_t *verdicts = json_object_get(cell, "verdicts"), *verdict;
	size_t i;

	json_array_foreach(verdicts, i, verdict)
	{
		print_padded(stream, json_is_string(verdict) ? json_string_value(verdict) : "-", 5);
		fputc(' ', stream);
	}
	fputc(' ', stream);
	escape_text(stream, document_text(cell, "name"));
	fputc('\n', stream);
}

/* Why those that are not as expected are so, if no field says it. */
static void print_causes(const json_t *comparison, const json_t *cell, FILE *stream)
{
	const json_t *cause;
	size_t i;

	if (!json_is_true(json_object_get(cell, "changed")) ||
		json_array_size(json_object_get(cell, "fields")) > 0)
		return;
	json_array_foreach(json_object_get(cell, "causes"), i, cause)
	{
		if (!json_is_string(cause) || !json_string_value(cause)[0])
			continue;
		fputs("    ", stream);
		escape_text(stream, run_name(comparison, i));
		fputs(": ", stream);
		escape_text(stream, json_string_value(cause));
		fputc('\n', stream);
	}
}

static void print_runs(const json_t *comparison, FILE *stream)
{
	int width = width_of(comparison, 4);
	const json_t *run;
	char counts[TEXT_MAX];
	size_t i;

	json_array_foreach(json_object_get(comparison, "runs"), i, run)
	{
		print_padded(stream, document_text(run, "name"), width);
		fputs("  ", stream);
		section_counts(json_object_get(run, "counts"), counts);
		escape_text(stream, counts);
		fputs("; ", stream);
		escape_text(stream, document_text(run, "tested"));
		fputc('\n', stream);
	}
}

static void print_identities(const json_t *comparison, FILE *stream)
{
	const json_t *entry, *value;
	size_t i, j;

	json_array_foreach(json_object_get(comparison, "identities"), i, entry)
	{
		fputs("    ", stream);
		escape_text(stream, document_text(entry, "what"));
		fputs(": ", stream);
		json_array_foreach(json_object_get(entry, "values"), j, value)
		{
			fputs(j ? " | " : "", stream);
			escape_value(stream, value);
		}
		fputc('\n', stream);
	}
	diff_render_more(comparison, stream);
}

/* The cells that changed, or the others. */
struct printer {
	const json_t *comparison;
	bool changed;
	FILE *stream;
};

static int print_cell(void *data, const json_t *cell)
{
	const struct printer *printer = data;
	const json_t *field;
	size_t i;

	if (json_is_true(json_object_get(cell, "changed")) != printer->changed)
		return 0;
	print_verdicts(printer->comparison, cell, printer->stream);
	json_array_foreach(json_object_get(cell, "fields"), i, field)
		print_sentences(printer->comparison, cell, field, printer->stream);
	print_causes(printer->comparison, cell, printer->stream);
	return 0;
}

static int print_cells(const struct comparison *comparison, bool changed, FILE *stream)
{
	struct printer printer = { comparison->head, changed, stream };

	return comparison->each(comparison->data, print_cell, &printer);
}

int compare_render_text(const struct comparison *comparison, FILE *stream)
{
	const json_t *counts = json_object_get(comparison->head, "counts");
	json_int_t changed = json_integer_value(json_object_get(counts, "changed"));
	json_int_t same = json_integer_value(json_object_get(counts, "same"));
	int r;

	print_runs(comparison->head, stream);
	fputs("\nSoftware under test and host, where the runs differ:\n", stream);
	print_identities(comparison->head, stream);
	fputs("\nThe verdicts, in the order of the runs", stream);
	fputs(changed > 0 ? "; the cells that changed come first:\n" : ":\n", stream);
	r = print_cells(comparison, true, stream);
	if (changed > 0)
		fputc('\n', stream);
	if (r == 0)
		r = print_cells(comparison, false, stream);
	fprintf(stream,
		"%" JSON_INTEGER_FORMAT " cells: %" JSON_INTEGER_FORMAT
		" changed, %" JSON_INTEGER_FORMAT " same\n",
		changed + same, changed, same);
	return r < 0 ? r : ferror(stream) ? -EIO : 0;
}
