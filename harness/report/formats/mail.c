#include "harness/report/formats/mail.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/escape.h"
#include "harness/base/measured_on.h"
#include "harness/report/cell_text.h"
#include "harness/report/formats/table_short.h"
#include "harness/report/sections.h"
#include "harness/report/summary.h"
#include "src/document.h"

#define SUBJECT_NAME_MAX 80 /* bytes of the matrix's name: a header is one line */
#define CHANGED_MAX      50 /* cells that changed and are listed */

/* The cells that have that verdict; the first of them in *first_r. */
static size_t count_cells(const json_t *cells, enum verdict verdict, const json_t **first_r)
{
	const json_t *cell;
	size_t count = 0, i;

	*first_r = NULL;
	json_array_foreach(cells, i, cell)
	{
		if (render_verdict(cell) == verdict && count++ == 0)
			*first_r = cell;
	}
	return count;
}

static int put_subject(const json_t *findings, const struct render_options *options, FILE *stream)
{
	const json_t *cells = json_object_get(findings, "cells"), *first;
	const char *verdict = document_text(findings, "verdict");
	char *name = render_escaped(document_text(json_object_get(findings, "matrix"), "name"));
	json_t *measured_on = measured_on_of(findings);
	size_t total = json_array_size(cells);
	int r = name && measured_on ? 0 : -ENOMEM;

	if (r == 0)
		fprintf(stream, "Subject: [igd-harness] %.*s: %s, %zu of %zu %s, %s\n",
			SUBJECT_NAME_MAX, name, verdict,
			count_cells(cells, render_verdict(findings), &first), total,
			summary_plural(total, "cell", "cells"),
			measured_on_is_hardware(measured_on) ? "hardware" : "not hardware");
	if (r == 0 && options->in_reply_to) {
		char *id = render_escaped(options->in_reply_to);
		bool bare = options->in_reply_to[0] != '<';

		if (id)
			fprintf(stream, "In-Reply-To: %s%s%s\n", bare ? "<" : "", id,
				bare ? ">" : "");
		r = id ? 0 : -ENOMEM;
		free(id);
	}
	fputc('\n', stream);
	json_decref(measured_on);
	free(name);
	return r;
}

/* A sentence that `write` writes of the document. */
static int put_sentence(
	FILE *stream, void (*write)(const json_t *document, FILE *stream), const json_t *document)
{
	char *text = render_string(write, document);

	if (!text)
		return -ENOMEM;
	table_sentences(text, stream);
	free(text);
	return 0;
}

static void write_head(const json_t *findings, FILE *stream)
{
	const json_t *counts = json_object_get(findings, "counts");
	size_t total = json_array_size(json_object_get(findings, "cells"));
	char text[TEXT_MAX];

	section_counts(counts, text);
	fprintf(stream, "%zu %s: %s.", total, summary_plural(total, "cell", "cells"), text);
}

/* The first cell of the worst verdict, if somebody has to look at it. */
static int put_first(const json_t *findings, FILE *stream)
{
	const json_t *first;

	for (int verdict = VERDICT_COUNT - 1; verdict >= VERDICT_FLAKY; verdict--) {
		const char *layer;
		char *reason;

		if (count_cells(
			    json_object_get(findings, "cells"), (enum verdict)verdict, &first) == 0)
			continue;
		layer = document_text(first, "layer");
		reason = render_string(render_reason, first);
		if (!reason)
			return -ENOMEM;
		fputs("\nLook first at ", stream);
		escape_text(stream, layer[0] ? layer : "the logs, since no layer is known");
		fputs(", for the cell ", stream);
		escape_text(stream, document_text(first, "name"));
		fputs(":\n\n", stream);
		table_sentences(reason, stream);
		free(reason);
		return 0;
	}
	return 0;
}

static void write_change(const json_t *change, FILE *stream)
{
	escape_text(stream, document_text(change, "words"));
	fputs(": ", stream);
	escape_text(stream, document_text(change, "name"));
	fputs(", ", stream);
	escape_text(stream, document_text(change, "a"));
	fputs(" before, ", stream);
	escape_text(stream, document_text(change, "b"));
	fputs(" now", stream);
}

/* The cells of that class. Returns how many were listed, or -ENOMEM. */
static int put_changes(const json_t *difference, const struct change_class *class, FILE *stream)
{
	const json_t *cell;
	int listed = 0;
	size_t i;

	json_array_foreach(json_object_get(difference, "cells"), i, cell)
	{
		json_t *change;
		int r;

		if (strcmp(document_text(cell, "class"), class->class) != 0 ||
			++listed > CHANGED_MAX)
			continue;
		change = json_pack("{s:s, s:s, s:s, s:s}", "words", class->words, "name",
			document_text(cell, "name"), "a",
			json_is_string(json_object_get(cell, "a")) ? document_text(cell, "a")
								   : "not run",
			"b",
			json_is_string(json_object_get(cell, "b")) ? document_text(cell, "b")
								   : "not run");
		r = change ? put_sentence(stream, write_change, change) : -ENOMEM;
		json_decref(change);
		if (r < 0)
			return r;
	}
	if (listed > CHANGED_MAX)
		fprintf(stream, "      and %d more\n", listed - CHANGED_MAX);
	return listed;
}

static int put_difference(const json_t *difference, FILE *stream)
{
	int listed = 0;

	if (!difference)
		return 0;
	fputs("\nChanges since the baseline:\n\n", stream);
	for (const struct change_class *class = change_classes; class->class; class ++) {
		int r = class->listed ? put_changes(difference, class, stream) : 0;

		if (r < 0)
			return r;
		listed += r;
	}
	if (listed == 0)
		fputs("      none: no verdict is different\n", stream);
	return 0;
}

/* All cells of which there is more to say than that they pass. */
static int put_cells(const json_t *findings, FILE *stream)
{
	const struct render_options plain = { 0 };
	struct rendering rendering = { .options = &plain, .stream = stream };
	const json_t *cell;
	size_t i;
	int r = 0;

	fputs("\nCells that are not as expected, or have a sign in their logs, the worst last:\n\n",
		stream);
	json_array_foreach(json_object_get(findings, "cells"), i, cell)
	{
		if (r < 0 || !render_has_diagnosis(cell))
			continue;
		rendering.cells++;
		r = table_short_cell(&rendering, cell);
	}
	if (r == 0)
		table_short_end(&rendering);
	if (rendering.cells == 0)
		fputs("      none\n", stream);
	rendering_finish(&rendering);
	return r;
}

int render_mail(const json_t *findings, const struct render_options *options, FILE *stream)
{
	int r = put_subject(findings, options, stream);

	if (r == 0)
		r = put_sentence(stream, write_head, findings);
	if (r == 0)
		r = put_sentence(stream, render_place, findings);
	if (r == 0)
		r = put_first(findings, stream);
	if (r == 0)
		r = put_difference(options->difference, stream);
	if (r == 0)
		r = put_cells(findings, stream);
	if (r < 0)
		return r;
	fprintf(stream, "\n-- \nigd-harness %.80s\n", document_text(findings, "harness"));
	return ferror(stream) ? -EIO : 0;
}
