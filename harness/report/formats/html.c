#include "harness/report/formats/html.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/measured_on.h"
#include "harness/base/spool/spool.h"
#include "harness/report/cell_text.h"
#include "harness/report/html_writer.h"
#include "harness/report/screens.h"
#include "harness/report/summary.h"
#include "src/document.h"
#include "src/verdict.h"

#define JOURNAL_MAX (64u << 10) /* bytes of a cell's journal */
#define EVENTS_MAX  100         /* lines of it */

/* What is written of each cell, each kind in one place of the page. */
enum kept { ROWS, INDEX, DETAILS, KEPT };

struct report {
	json_t *head; /* the findings without the cells */
	json_t *totals;
	struct summary_draft *draft;
	json_t *summary; /* summary_of() */
	struct spool spools[KEPT];
	size_t cells;
	int error; /* of a spool */
	struct problem *why;
	const struct record *record;
	struct screens screens;
};

/* What the overview needs of each cell; the rest is parsed when the cell is opened. */
static const char *const index_keys[] = { "index", "name", "words", "verdict", "cause", "layer",
	"ending", NULL };

static bool is_index_key(const char *key)
{
	for (const char *const *name = index_keys; *name; name++) {
		if (strcmp(*name, key) == 0)
			return true;
	}
	return false;
}

/* The labels of the signs in the logs of a cell that passes; NULL if there are none. */
static json_t *signs_of(const json_t *cell)
{
	const json_t *match;
	json_t *labels;
	size_t i;

	if (!render_has_signs(cell))
		return NULL;
	labels = json_array();
	json_array_foreach(json_object_get(cell, "logs"), i, match)
	{
		if (render_tells(cell, match))
			json_array_append(labels, json_object_get(match, "label"));
	}
	return labels;
}

/* The fields of `object` that are of the index, or are not. */
static json_t *part(const json_t *object, bool of_index)
{
	json_t *some = json_object(), *value;
	const char *key;

	json_object_foreach((json_t *)object, key, value)
	{
		if (is_index_key(key) == of_index)
			json_object_set(some, key, value);
	}
	return some;
}

static void keep_index(struct report *report, const json_t *cell)
{
	json_t *entry = part(cell, true), *signs = signs_of(cell);
	char *not_compared = render_string(render_not_compared, cell);

	if (signs)
		json_object_set_new(entry, "signs", signs);
	if (not_compared && not_compared[0])
		json_object_set_new(entry, "not_compared", json_string(not_compared));
	free(not_compared);
	fputs(report->cells > 0 ? "," : "", report->spools[INDEX].stream);
	html_json(report->spools[INDEX].stream, entry);
	json_decref(entry);
}

/* What was kept, in its place. */
static void copy_kept(struct report *report, enum kept kept, FILE *stream)
{
	int r = spool_copy(&report->spools[kept], stream, report->why);

	report->error = report->error < 0 ? report->error : r;
}

static void write_members(FILE *stream, const json_t *object)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)object, key, value)
	{
		json_t *name = json_string(key);

		html_json(stream, name);
		fputc(':', stream);
		html_json(stream, value);
		fputc(',', stream);
		json_decref(name);
	}
}

static void write_index(void *data, FILE *stream)
{
	struct report *report = data;
	json_t *files;

	fputc('{', stream);
	write_members(stream, report->head);
	fputs("\"cells\":[", stream);
	copy_kept(report, INDEX, stream);
	fputs("],", stream);
	write_members(stream, report->totals);
	fputs("\"summary\":", stream);
	html_json(stream, report->summary);
	if (report->record) {
		files = report->record->files(report->record->data, NULL);
		fputs(",\"files\":", stream);
		html_json(stream, files);
		json_decref(files);
	}
	fputc('}', stream);
}

static void add_events(const struct report *report, const json_t *cell, json_t *detail)
{
	json_t *events, *event;
	char *text = NULL, *line, *rest;
	size_t length = 0;

	if (report->record->read(report->record->data, render_record(cell), "journal.jsonl",
		    JOURNAL_MAX, &text, &length) < 0)
		return;
	events = json_array();
	rest = text;
	while ((line = strsep(&rest, "\n")) && json_array_size(events) < EVENTS_MAX) {
		event = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
		if (json_is_object(event))
			json_array_append(events, event);
		json_decref(event);
	}
	json_object_set_new(detail, "events", events);
	free(text);
}

static void keep_details(struct report *report, const json_t *cell)
{
	FILE *stream = report->spools[DETAILS].stream;
	json_t *detail = part(cell, false);

	if (report->record) {
		json_object_set_new(detail, "files",
			report->record->files(report->record->data, render_record(cell)));
		screens_add(&report->screens, report->record, cell, detail);
		add_events(report, cell, detail);
	}
	fprintf(stream, "<script type=\"application/json\" id=\"cell-%zu\">", report->cells);
	html_json(stream, detail);
	fputs("</script>\n", stream);
	json_decref(detail);
}

static void write_cells(void *data, FILE *stream)
{
	copy_kept(data, DETAILS, stream);
}

static void write_title(void *data, FILE *stream)
{
	const struct report *report = data;

	html_text(stream, document_text(report->totals, "verdict"));
	fputs(" \xe2\x80\x93 ", stream);
	html_text(stream, document_text(json_object_get(report->head, "matrix"), "name"));
}

/* For browsers without scripts. */
static void keep_row(struct report *report, const json_t *cell)
{
	FILE *stream = report->spools[ROWS].stream;
	char *remarks;

	fputs("<tr><td>", stream);
	html_text(stream, document_text(cell, "verdict"));
	fputs("</td><th scope=\"row\">", stream);
	html_text(stream, document_text(cell, "name"));
	fputs("</th><td>", stream);
	html_text(stream, document_text(cell, "cause"));
	remarks = render_string(render_remarks, cell);
	if (remarks && remarks[0]) {
		fputs(document_text(cell, "cause")[0] ? "; " : "", stream);
		html_text(stream, remarks);
	}
	free(remarks);
	fputs("</td></tr>\n", stream);
}

static void write_rows(void *data, FILE *stream)
{
	copy_kept(data, ROWS, stream);
}

static void write_measured_on(void *data, FILE *stream)
{
	const json_t *summary = ((struct report *)data)->summary, *entry;
	const json_t *measured_on = json_object_get(summary, "measured_on");
	size_t i;

	fputs(measured_on_is_hardware(measured_on) ? "Measured on hardware:"
						   : "<strong>Not hardware.</strong>",
		stream);
	json_array_foreach(json_object_get(measured_on, "why"), i, entry)
	{
		fputs(i > 0 ? "; " : " ", stream);
		html_text(stream, document_text(entry, "text"));
	}
	fputc('.', stream);
}

/* The verdicts, the worst first, and their meanings. */
static void write_verdicts(void *data, FILE *stream)
{
	json_t *verdicts = json_array();

	(void)data;
	for (int v = VERDICT_COUNT - 1; v >= 0; v--)
		json_array_append_new(
			verdicts, json_pack("{s:s, s:s}", "name", verdict_name((enum verdict)v),
					  "meaning", verdict_meaning((enum verdict)v)));
	html_json(stream, verdicts);
	json_decref(verdicts);
}

static const struct html_slot slots[] = {
	{ "title", write_title },
	{ "measured_on", write_measured_on },
	{ "rows", write_rows },
	{ "verdicts", write_verdicts },
	{ "index", write_index },
	{ "cells", write_cells },
	{ NULL, NULL },
};

static void free_report(void *own)
{
	struct report *report = own;

	for (int i = 0; i < KEPT; i++)
		spool_close(&report->spools[i]);
	json_decref(report->head);
	json_decref(report->totals);
	json_decref(report->summary);
	summary_free(report->draft);
	free(report);
}

static int take_head(void *data, const json_t *head)
{
	struct rendering *rendering = data;
	struct report *report = calloc(1, sizeof(*report));
	int r = 0;

	if (!report)
		return -ENOMEM;
	*report = (struct report){
		.head = json_incref((json_t *)head),
		.draft = summary_begin(head),
		.spools = { SPOOL_NONE, SPOOL_NONE, SPOOL_NONE },
		.why = rendering->why,
		.record = rendering->options->record,
		.screens = SCREENS_NONE,
	};
	rendering->own = report;
	rendering->free_own = free_report;
	for (int i = 0; i < KEPT && r == 0; i++)
		r = spool_open(&report->spools[i], report->why);
	return r == 0 && !report->draft ? -ENOMEM : r;
}

static int take_cell(void *data, const json_t *cell)
{
	struct report *report = ((struct rendering *)data)->own;
	int r = 0;

	keep_row(report, cell);
	keep_index(report, cell);
	keep_details(report, cell);
	summary_cell(report->draft, cell);
	report->cells++;
	for (int i = 0; i < KEPT && r == 0; i++)
		r = spool_check(&report->spools[i], report->why);
	return r;
}

static int take_totals(void *data, const json_t *totals)
{
	static const struct html_page page = { &page_report, &page_report_style,
		&page_report_script, slots };
	struct rendering *rendering = data;
	struct report *report = rendering->own;
	int r;

	report->totals = json_incref((json_t *)totals);
	report->summary = summary_end(report->draft, totals);
	r = html_page(&page, report, rendering->stream);
	return report->error < 0 ? report->error : r;
}

struct findings_sink render_html_sink(struct rendering *rendering)
{
	return (struct findings_sink){ take_head, take_cell, take_totals, rendering };
}

int render_html(const json_t *findings, const struct render_options *options, FILE *stream)
{
	return render_streamed(render_html_sink, findings, options, stream);
}
