#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "harness/qualify/qualify.h"
#include "harness/qualify/sheet.h"
#include "harness/report/html_writer.h"
#include "harness/report/summary.h"
#include "src/document.h"

/* "text (a, b)", of an array of {"text", "of"}, as a list. */
static void write_reasons(const struct sheet *sheet, const json_t *document, const char *key)
{
	const json_t *reasons = json_object_get(document, key);
	json_t *texts = json_array();
	const json_t *reason;
	char of[TEXT_MAX];
	size_t i;

	json_array_foreach(reasons, i, reason)
	{
		qualify_of(document, reason, of);
		json_array_append_new(
			texts, of[0] ? json_sprintf("%s (%s)", document_text(reason, "text"), of)
				     : json_string(document_text(reason, "text")));
	}
	sheet_list(sheet, texts, "");
	json_decref(texts);
}

static void write_hardware(const struct sheet *sheet, const json_t *document)
{
	char title[TEXT_MAX] = "NOT HARDWARE", instead[TEXT_MAX];

	if (json_is_true(json_object_get(document, "hardware")))
		return;
	qualify_join(json_object_get(document, "instead"), instead);
	if (instead[0])
		section_add(title, ": ", instead);
	section_add(title, "", ".");
	sheet_paragraph(
		sheet, title, "This report was not measured on an Intel GPU, and qualifies none.");
}

static size_t count_cells(const json_t *document, json_t *counts)
{
	const json_t *matrix, *run;
	size_t i, j, cells = 0;
	const char *verdict;
	json_t *count;

	json_array_foreach(json_object_get(document, "matrices"), i, matrix)
	{
		json_array_foreach(json_object_get(matrix, "runs"), j, run)
		{
			cells += (size_t)json_integer_value(json_object_get(run, "cells"));
			json_object_foreach(json_object_get(run, "counts"), verdict,
				count) json_object_set_new(counts, verdict,
				json_integer(json_integer_value(json_object_get(counts, verdict)) +
					     json_integer_value(count)));
		}
	}
	return cells;
}

static void write_decision(const struct sheet *sheet, const json_t *document)
{
	const char *decision = document_text(document, "decision");
	size_t matrices = json_array_size(json_object_get(document, "matrices"));
	size_t releases = json_array_size(json_object_get(document, "releases"));
	json_t *counts = json_object();
	size_t cells = count_cells(document, counts), i;
	char text[TEXT_MAX], of[TEXT_MAX], upper[64];

	for (i = 0; i < sizeof(upper) - 1 && decision[i]; i++)
		upper[i] = (char)toupper((unsigned char)decision[i]);
	upper[i] = '\0';
	section_counts(counts, of);
	snprintf(text, sizeof(text), "%zu %s of %zu %s in %zu %s: ", cells,
		summary_plural(cells, "cell", "cells"), matrices,
		summary_plural(matrices, "matrix", "matrices"), releases,
		summary_plural(releases, "release", "releases"));
	section_add(text, "", of);
	section_add(text, "; the worst is ", document_text(document, "verdict"));
	section_add(text, "", ".");
	sheet_paragraph(sheet, upper, text);
	json_decref(counts);
}

static void write_head(const struct sheet *sheet, const json_t *document)
{
	json_t *names = json_array();
	const json_t *release;
	char text[TEXT_MAX], title[TEXT_MAX] = "Qualification of ";
	size_t i;

	json_array_foreach(json_object_get(document, "releases"), i, release)
		json_array_append(names, json_object_get(release, "name"));
	qualify_join(names, text);
	section_add(title, "", text);
	sheet_heading(sheet, 1, title);
	write_hardware(sheet, document);
	write_decision(sheet, document);
	write_reasons(sheet, document, "place");
	sheet_heading(sheet, 2, "Grounds");
	write_reasons(sheet, document, "grounds");
	json_decref(names);
}

static void write_coverage(const struct sheet *sheet, const json_t *document)
{
	struct sections sections = { *sheet, NULL, document, NULL, NULL };

	section_coverage(&sections);
}

struct page {
	struct sheet sheet;
	const json_t *document;
};

static void write_all(void *data, FILE *stream)
{
	const struct page *page = data;
	const struct sheet *sheet = &page->sheet;
	const json_t *document = page->document;

	write_head(sheet, document);
	qualify_sheet_releases(sheet, document);
	write_coverage(sheet, document);
	qualify_sheet_verdicts(sheet, document);
	qualify_sheet_steps(sheet, document);
	qualify_sheet_fields(sheet, document);
	qualify_sheet_transitions(sheet, document);
	qualify_sheet_failures(sheet, document);
	qualify_sheet_known(sheet, document, "known", "Known deviations");
	qualify_sheet_known(sheet, document, "expired", "Known deviations past their end");
	qualify_sheet_known(sheet, document, "gone", "Known deviations that no longer occur");
	qualify_sheet_unanswered(sheet, document);
	qualify_sheet_unrun(sheet, document);
	qualify_sheet_preflight(sheet, document);
	qualify_sheet_abi(sheet, document);
	qualify_sheet_volatile(sheet, document);
	section_sign_off(sheet);
}

static void write_title(void *data, FILE *stream)
{
	const struct page *page = data;

	if (!json_is_true(json_object_get(page->document, "hardware")))
		fputs("Not hardware: ", stream);
	fputs("qualification: ", stream);
	html_text(stream, document_text(page->document, "decision"));
}

int qualify_render_md(const json_t *document, FILE *stream)
{
	struct page page = { { stream, false }, document };

	write_all(&page, stream);
	return ferror(stream) ? -EIO : 0;
}

int qualify_render_html(const json_t *document, FILE *stream)
{
	static const struct html_slot slots[] = {
		{ "title", write_title },
		{ "sheet", write_all },
		{ NULL, NULL },
	};
	static const struct html_page frame = { &page_qualification, &page_releases_style, NULL,
		slots };
	struct page page = { { stream, true }, document };

	return html_page(&frame, &page, stream);
}
