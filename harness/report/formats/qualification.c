#include "harness/report/formats/qualification.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "harness/base/measured_on.h"
#include "harness/report/cell_text.h"
#include "harness/report/html_writer.h"
#include "harness/report/sections.h"
#include "harness/report/summary.h"
#include "src/document.h"
#include "src/verdict.h"

#define NAMES_MAX 12 /* cells that are named of a group */

/* The names of the cells of a group, as many as are readable. */
static void cells_text(
	const struct sections *sections, const json_t *group, char text[static TEXT_MAX])
{
	const json_t *cells = json_object_get(sections->findings, "cells"), *index;
	const json_t *of = json_object_get(group, "cells");
	char more[48];
	size_t i;

	text[0] = '\0';
	json_array_foreach(of, i, index)
	{
		if (i == NAMES_MAX) {
			snprintf(more, sizeof(more), "and %zu more", json_array_size(of) - i);
			section_add(text, ", ", more);
			return;
		}
		section_add(text, ", ",
			document_text(
				json_array_get(cells, (size_t)json_integer_value(index)), "name"));
	}
}

/* Was it hardware, and on which machines, or why not? */
static void write_measured_on(const struct sections *sections)
{
	const json_t *measured_on = json_object_get(sections->summary, "measured_on"), *entry;
	json_t *texts = json_array();
	size_t i;

	if (measured_on_is_hardware(measured_on))
		sheet_paragraph(&sections->sheet, "", "Measured on hardware:");
	else
		sheet_paragraph(&sections->sheet, "NOT HARDWARE.",
			"This report was not measured on an Intel GPU, and qualifies none.");
	json_array_foreach(json_object_get(measured_on, "why"), i, entry)
		json_array_append(texts, json_object_get(entry, "text"));
	sheet_list(&sections->sheet, texts, "");
	json_decref(texts);
}

static void write_verdict(const struct sections *sections)
{
	const char *decision = document_text(sections->summary, "decision");
	size_t total = json_array_size(json_object_get(sections->findings, "cells"));
	char text[TEXT_MAX], counts[TEXT_MAX], upper[64];
	size_t i;

	for (i = 0; i < sizeof(upper) - 1 && decision[i]; i++)
		upper[i] = (char)toupper((unsigned char)decision[i]);
	upper[i] = '\0';
	section_counts(json_object_get(sections->findings, "counts"), counts);
	snprintf(text, sizeof(text), "%zu %s: ", total, summary_plural(total, "cell", "cells"));
	section_add(text, "", counts);
	section_add(text, "; the worst is ", document_text(sections->findings, "verdict"));
	section_add(text, "", ".");
	snprintf(counts, sizeof(counts), "Qualification by the matrix %s",
		document_text(json_object_get(sections->findings, "matrix"), "name"));
	sheet_heading(&sections->sheet, 1, counts);
	sheet_paragraph(&sections->sheet, upper, text);
	write_measured_on(sections);
	sheet_heading(&sections->sheet, 2, "Grounds");
	sheet_list(&sections->sheet, json_object_get(sections->summary, "grounds"), "");
	section_changes_base(sections);
}

static void write_failures(const struct sections *sections)
{
	static const char *const columns[] = { "Cell", "Look first at", "Cause", NULL };
	const json_t *cell;
	bool any = false;
	size_t i;

	sheet_heading(&sections->sheet, 2, "Not as expected");
	json_array_foreach(json_object_get(sections->findings, "cells"), i, cell)
	{
		if (!verdict_is_deviation(render_verdict(cell)))
			continue;
		if (!any)
			sheet_table(&sections->sheet, columns);
		any = true;
		sheet_row(&sections->sheet,
			(const char *[]){ document_text(cell, "name"), document_text(cell, "layer"),
				document_text(cell, "cause") },
			3);
	}
	if (any)
		sheet_table_end(&sections->sheet);
	else
		sheet_paragraph(&sections->sheet, "", "No cell is FAIL.");
}

/* Which cells pass although a known line is in their logs. */
static void write_signs(const struct sections *sections)
{
	static const char *const columns[] = { "Cell", "Sign", "Look first at", "Meaning", NULL };
	const json_t *cell, *match;
	bool any = false;
	size_t i, j;

	sheet_heading(&sections->sheet, 2, "Signs in the logs of cells that pass");
	json_array_foreach(json_object_get(sections->findings, "cells"), i, cell)
	{
		json_array_foreach(json_object_get(cell, "logs"), j, match)
		{
			if (!render_is_sign(cell, match))
				continue;
			if (!any)
				sheet_table(&sections->sheet, columns);
			any = true;
			sheet_row(&sections->sheet,
				(const char *[]){ document_text(cell, "name"),
					document_text(match, "label"),
					document_text(match, "layer"),
					document_text(match, "meaning") },
				4);
		}
	}
	if (any)
		sheet_table_end(&sections->sheet);
	else
		sheet_paragraph(&sections->sheet, "", "None.");
}

/* Which cells have a verdict by less than what the matrix expects; nothing if there are none. */
static void write_not_compared(const struct sections *sections)
{
	static const char *const columns[] = { "Cell", "Not compared", NULL };
	const json_t *cell;
	bool any = false;
	size_t i;

	json_array_foreach(json_object_get(sections->findings, "cells"), i, cell)
	{
		char *text = render_string(render_not_compared, cell);

		if (text && text[0]) {
			if (!any) {
				sheet_heading(
					&sections->sheet, 2, "Expectations that were not compared");
				sheet_table(&sections->sheet, columns);
			}
			any = true;
			sheet_row(&sections->sheet,
				(const char *[]){ document_text(cell, "name"), text }, 2);
		}
		free(text);
	}
	if (any)
		sheet_table_end(&sections->sheet);
}

static void write_known_group(const struct sections *sections, const json_t *group)
{
	const char *id = document_text(group, "known"), *until = document_text(group, "until");
	char expected[TEXT_MAX], seen[TEXT_MAX], cells[TEXT_MAX];

	section_value(json_object_get(group, "expected"), expected);
	section_value(json_object_get(group, "seen"), seen);
	cells_text(sections, group, cells);
	sheet_row(&sections->sheet,
		(const char *[]){ id[0] ? id : document_text(group, "id"),
			document_text(group, "field"), expected, seen, document_text(group, "why"),
			document_text(group, "source"), until[0] ? until : "no date", cells },
		8);
}

static void write_known(
	const struct sections *sections, const char *key, const char *title, const char *otherwise)
{
	static const char *const columns[] = { "Known as", "Field", "Expected", "Seen", "Why",
		"Source", "Until", "Cells", NULL };
	const json_t *groups = json_object_get(sections->summary, key), *group;
	size_t i;

	sheet_heading(&sections->sheet, 2, title);
	if (json_array_size(groups) == 0) {
		sheet_paragraph(&sections->sheet, "", otherwise);
		return;
	}
	sheet_table(&sections->sheet, columns);
	json_array_foreach(groups, i, group) write_known_group(sections, group);
	sheet_table_end(&sections->sheet);
}

static void write_unanswered(const struct sections *sections)
{
	static const char *const columns[] = { "Verdict", "Reason", "Look first at", "Cells",
		NULL };
	const json_t *groups = json_object_get(sections->summary, "unanswered"), *group;
	char cells[TEXT_MAX];
	size_t i;

	sheet_heading(&sections->sheet, 2, "Cells without an answer");
	if (json_array_size(groups) == 0) {
		sheet_paragraph(&sections->sheet, "", "Every cell of the matrix has an answer.");
		return;
	}
	sheet_table(&sections->sheet, columns);
	json_array_foreach(groups, i, group)
	{
		cells_text(sections, group, cells);
		sheet_row(&sections->sheet,
			(const char *[]){ document_text(group, "verdict"),
				document_text(group, "cause"), document_text(group, "layer"),
				cells },
			4);
	}
	sheet_table_end(&sections->sheet);
}

static void write_all(void *data, FILE *stream)
{
	const struct sections *sections = data;

	write_verdict(sections);
	section_coverage(sections);
	write_failures(sections);
	write_not_compared(sections);
	write_signs(sections);
	section_changes(sections);
	write_known(sections, "known", "Known deviations", "None was seen.");
	write_known(sections, "expired", "Known deviations past their end", "None.");
	write_known(sections, "gone", "Known deviations that no longer occur", "None.");
	write_unanswered(sections);
	section_tested(sections);
	section_documents(sections);
	section_sign_off(&sections->sheet);
}

static void write_title(void *data, FILE *stream)
{
	const struct sections *sections = data;

	html_text(stream, document_text(json_object_get(sections->findings, "matrix"), "name"));
	fputs(": ", stream);
	html_text(stream, document_text(sections->summary, "decision"));
}

static const struct html_slot slots[] = {
	{ "title", write_title },
	{ "sheet", write_all },
	{ NULL, NULL },
};

static int render(
	const json_t *findings, const struct render_options *options, FILE *stream, bool html)
{
	static const struct html_page page = { &page_qualification, &page_qualification_style, NULL,
		slots };
	json_t *summary = summary_of(findings);
	struct sections sections = { { stream, html }, findings, summary, options->record,
		options->difference };

	if (html)
		html_page(&page, &sections, stream);
	else
		write_all(&sections, stream);
	json_decref(summary);
	return ferror(stream) ? -EIO : 0;
}

int render_qualification_md(
	const json_t *findings, const struct render_options *options, FILE *stream)
{
	return render(findings, options, stream, false);
}

int render_qualification_html(
	const json_t *findings, const struct render_options *options, FILE *stream)
{
	return render(findings, options, stream, true);
}
