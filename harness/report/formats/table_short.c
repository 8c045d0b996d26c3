#include "harness/report/formats/table_short.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/escape.h"
#include "harness/logs/patterns.h"
#include "harness/report/cell_text.h"
#include "src/document.h"
#include "src/verdict.h"

#define COLUMNS      100 /* no line is longer, but for the name of a cell */
#define INDENT       6
#define FIELDS_MAX   5 /* of a cell that is FAIL */
#define SIGNS_MAX    5 /* of a cell that passes */
#define CUT          " ..."
#define SENTENCE_MAX 600 /* bytes: a guest's text cannot fill the screen */

/* A finding of the cell's own verdict of which something was seen: what the cell's verdict is for.
 */
static bool decides(const json_t *finding, enum verdict verdict)
{
	return verdict != VERDICT_PASS && render_verdict(finding) == verdict &&
	       json_object_get(finding, "seen");
}

/* Does the cause say no more than what the finding does? As the judge makes it. */
static bool says_finding(const char *cause, const json_t *finding)
{
	const char *field = document_text(finding, "field");
	size_t length = strlen(field);

	return length > 0 && strncmp(cause, field, length) == 0 &&
	       strncmp(cause + length, ": expected ", strlen(": expected ")) == 0;
}

static void write_finding(const json_t *finding, bool source, FILE *stream)
{
	escape_text(stream, document_text(finding, "field"));
	fputs(": expected ", stream);
	escape_value(stream, json_object_get(finding, "expected"));
	fputs(", seen ", stream);
	escape_value(stream, json_object_get(finding, "seen"));
	if (document_text(finding, "note")[0]) {
		fputs(": ", stream);
		escape_text(stream, document_text(finding, "note"));
	}
	fputc('\n', stream);
	if (source) {
		fputs("because of: ", stream);
		escape_text(stream, document_text(finding, "source"));
		fputc('\n', stream);
	}
}

/* The first cause that the logs name. */
static void write_log(const json_t *cell, FILE *stream)
{
	const json_t *match;
	size_t i;

	json_array_foreach(json_object_get(cell, "logs"), i, match)
	{
		if (!pattern_decides(match))
			continue;
		fputs("log ", stream);
		escape_text(stream, document_text(match, "label"));
		fputs(": ", stream);
		escape_text(stream, document_text(match, "meaning"));
		fputs("\nadvice: ", stream);
		escape_text(stream, document_text(match, "advice"));
		fputc('\n', stream);
		return;
	}
}

/* The signs in the logs of a cell that passes, a sentence each. */
static void write_signs(const json_t *cell, FILE *stream)
{
	const json_t *match;
	size_t i, count = 0;

	json_array_foreach(json_object_get(cell, "logs"), i, match)
	{
		if (render_is_sign(cell, match) && ++count <= SIGNS_MAX)
			render_sign(match, escape_text, stream);
	}
	if (count > SIGNS_MAX)
		fprintf(stream, "and %zu more signs in its logs\n", count - SIGNS_MAX);
}

/* What was not compared, and the signs in the logs. */
static void write_remarks(const json_t *cell, FILE *stream)
{
	if (render_is_incomplete(cell)) {
		render_not_compared(cell, stream);
		fputc('\n', stream);
	}
	write_signs(cell, stream);
}

/* Whoever is to be looked at, for a cell that somebody has to look at. */
static void write_fault(const json_t *cell, enum verdict verdict, FILE *stream)
{
	const char *layer = document_text(cell, "layer");

	if (verdict < VERDICT_FLAKY || (verdict > VERDICT_FAIL && !layer[0]))
		return;
	fputs("look first at: ", stream);
	escape_text(stream, layer[0] ? layer : "unknown");
	fputc('\n', stream);
	write_log(cell, stream);
}

/* Why the cell has its verdict, a sentence a line; of the fields how many were told. */
static void write_cause(const json_t *cell, enum verdict verdict, size_t *told_r, FILE *stream)
{
	enum verdict shown = render_shown_verdict(cell);
	size_t most = shown == VERDICT_FAIL ? FIELDS_MAX : 1, i;
	const char *cause = document_text(cell, "cause");
	const json_t *finding, *first = NULL;

	*told_r = 0;
	json_array_foreach(json_object_get(cell, "findings"), i, finding)
	{
		if (!first && decides(finding, shown))
			first = finding;
	}
	if (!first || (cause[0] && !says_finding(cause, first))) {
		render_reason(cell, stream);
		fputc('\n', stream);
	}
	json_array_foreach(json_object_get(cell, "findings"), i, finding)
	{
		if (*told_r == most || !decides(finding, shown))
			continue;
		write_finding(finding, shown == VERDICT_FAIL, stream);
		(*told_r)++;
	}
	write_fault(cell, verdict, stream);
	write_remarks(cell, stream);
}

/* The fields that are not as expected. */
static size_t count_fields(const json_t *cell)
{
	const json_t *finding;
	size_t count = 0, i;

	json_array_foreach(json_object_get(cell, "findings"), i, finding) count +=
		render_verdict(finding) != VERDICT_PASS;
	return count;
}

/* The text of what was written, and closes the stream. The caller frees. NULL without memory. */
static char *text_of(FILE *stream, char **text)
{
	if (fclose(stream) == 0)
		return *text;
	free(*text);
	return NULL;
}

/* {"verdict": ..., "cause": ..., "cells": [line, ...]} by the first two, in the order of the cells. */
static int keep(
	struct rendering *rendering, const char *verdict, const char *cause, const char *line)
{
	char *key = NULL;
	json_t *group;

	if (!rendering->kept)
		rendering->kept = json_object();
	if (asprintf(&key, "%s %s", verdict, cause) < 0)
		return -ENOMEM;
	group = json_object_get(rendering->kept, key);
	if (!group) {
		group = json_pack("{s:s, s:s, s:[]}", "verdict", verdict, "cause", cause, "cells");
		json_object_set_new(rendering->kept, key, group);
	}
	free(key);
	return json_array_append_new(json_object_get(group, "cells"), json_string(line)) < 0
		       ? -ENOMEM
		       : 0;
}

static int keep_cell(struct rendering *rendering, const json_t *cell, enum verdict verdict)
{
	char *cause = NULL, *line = NULL;
	size_t length = 0, told, fields = count_fields(cell);
	FILE *stream = open_memstream(&cause, &length);
	int r = -ENOMEM;

	if (!stream)
		return r;
	write_cause(cell, verdict, &told, stream);
	cause = text_of(stream, &cause);
	stream = open_memstream(&line, &length);
	if (stream) {
		table_name(cell, stream);
		if (told && told < fields)
			fprintf(stream, "  %zu of %zu fields shown", told, fields);
		line = text_of(stream, &line);
	}
	if (cause && line)
		r = keep(rendering, verdict_name(verdict), cause, line);
	free(cause);
	free(line);
	return r;
}

/* How much of the text fits into so many columns: up to a space, or all of them without one. */
static size_t fitting(const char *text, size_t length, size_t columns)
{
	size_t fits = columns;

	if (length <= columns)
		return length;
	while (fits > 0 && text[fits] != ' ')
		fits--;
	return fits > 0 ? fits : columns;
}

/* Prints a sentence in lines of COLUMNS, the others two columns further in. */
static void print_sentence(const char *text, size_t length, FILE *stream)
{
	bool cut = length > SENTENCE_MAX;
	int indent = INDENT, columns = COLUMNS - (cut ? (int)strlen(CUT) : 0);

	length = cut ? SENTENCE_MAX : length;
	while (length > 0) {
		size_t fits = fitting(text, length, (size_t)(columns - indent));
		bool last = fits == length;

		fprintf(stream, "%*s%.*s%s\n", indent, "", (int)fits, text, last && cut ? CUT : "");
		fits += !last && text[fits] == ' ';
		text += fits;
		length -= fits;
		indent = INDENT + 2;
	}
}

void table_sentences(const char *text, FILE *stream)
{
	while (*text) {
		size_t length = strcspn(text, "\n");

		print_sentence(text, length, stream);
		text += length + (text[length] == '\n');
	}
}

int table_short_cell(struct rendering *rendering, const json_t *cell)
{
	enum verdict verdict = render_verdict(cell);
	char *remarks;

	if (verdict != VERDICT_PASS || render_unexpected_pass(cell))
		return keep_cell(rendering, cell, verdict);
	remarks = render_string(write_remarks, cell);
	if (!remarks)
		return -ENOMEM;
	table_verdict(rendering->stream, rendering->options, verdict_name(verdict), TABLE_VERDICT);
	fputc(' ', rendering->stream);
	table_name(cell, rendering->stream);
	fputc('\n', rendering->stream);
	table_sentences(remarks, rendering->stream);
	free(remarks);
	return 0;
}

static void print_group(const json_t *group, const struct render_options *options, FILE *stream)
{
	const json_t *line;
	size_t i;

	json_array_foreach(json_object_get(group, "cells"), i, line)
	{
		table_verdict(stream, options, document_text(group, "verdict"), TABLE_VERDICT);
		fprintf(stream, " %s\n", json_string_value(line));
	}
	table_sentences(document_text(group, "cause"), stream);
}

void table_short_end(const struct rendering *rendering)
{
	const char *key;
	json_t *group;

	for (int v = 0; v < VERDICT_COUNT; v++) {
		json_object_foreach(rendering->kept, key, group)
		{
			if (render_verdict(group) == (enum verdict)v)
				print_group(group, rendering->options, rendering->stream);
		}
	}
}
