#include "harness/report/formats/table.h"

#include <errno.h>
#include <string.h>

#include "harness/base/escape.h"
#include "harness/base/measured_on.h"
#include "harness/logs/patterns.h"
#include "harness/report/cell_text.h"
#include "harness/report/formats/table_short.h"
#include "harness/report/summary.h"
#include "src/document.h"
#include "src/verdict.h"

#define NAME_COLUMN 34

static const char *const colours[VERDICT_COUNT] = {
	[VERDICT_PASS] = "\033[32m",
	[VERDICT_DONE] = "\033[36m",
	[VERDICT_SKIP] = "\033[33m",
	[VERDICT_XFAIL] = "\033[33m",
	[VERDICT_FLAKY] = "\033[31m",
	[VERDICT_FAIL] = "\033[1;31m",
	[VERDICT_ERROR] = "\033[1;35m",
	[VERDICT_MISS] = "\033[1;34m",
};

void table_verdict(FILE *stream, const struct render_options *options, const char *name, int width)
{
	enum verdict verdict;
	bool colour = options->colour && verdict_parse(name, &verdict) == 0;

	fprintf(stream, "%s%-*s%s", colour ? colours[verdict] : "", width, name,
		colour ? "\033[0m" : "");
}

/* Was it hardware? A line for each machine, or for each reason why it was not. */
static void print_measured_on(const json_t *findings, FILE *stream)
{
	json_t *measured_on = measured_on_of(findings);

	measured_on_write_lines(measured_on, stream);
	json_decref(measured_on);
}

/* What was tested, and on what. */
static void print_head(const json_t *findings, FILE *stream)
{
	const json_t *identities = json_object_get(findings, "identities");

	fputs("Matrix ", stream);
	escape_text(stream, document_text(json_object_get(findings, "matrix"), "name"));
	fputs(", ", stream);
	render_versions(identities, stream);
	fputc('\n', stream);
	if (summary_other_guest(findings)) {
		fputs("Guest ", stream);
		escape_text(stream, summary_other_guest(findings));
		fputs(" in place of the matrix's own\n", stream);
	}
	print_measured_on(findings, stream);
}

/* Of how many shards this is which: what is not here is not said to be good. */
static void print_shard(const json_t *findings, FILE *stream)
{
	const json_t *shard = json_object_get(findings, "shard");

	if (!json_object_get(shard, "index"))
		return;
	fprintf(stream,
		"Shard %" JSON_INTEGER_FORMAT " of %" JSON_INTEGER_FORMAT ": %" JSON_INTEGER_FORMAT
		" cells of the matrix are elsewhere\n",
		json_integer_value(json_object_get(shard, "index")),
		json_integer_value(json_object_get(shard, "count")),
		json_integer_value(json_object_get(shard, "elsewhere")));
}

static void print_finding(const json_t *finding, const struct render_options *options, FILE *stream)
{
	const char *verdict = document_text(finding, "verdict"),
		   *note = document_text(finding, "note");
	bool pass = strcmp(verdict, "PASS") == 0;

	fputs("    ", stream);
	table_verdict(stream, options, verdict, TABLE_VERDICT);
	fprintf(stream, " %-22s ", document_text(finding, "field"));
	if (json_object_get(finding, "seen")) {
		fputs("expected ", stream);
		escape_value(stream, json_object_get(finding, "expected"));
		fputs(", seen ", stream);
		escape_value(stream, json_object_get(finding, "seen"));
	}
	if (note[0]) {
		fputs(json_object_get(finding, "seen") ? ": " : "", stream);
		escape_text(stream, note);
	}
	fputc('\n', stream);
	if (!pass) {
		fputs("          because of: ", stream);
		escape_text(stream, document_text(finding, "source"));
		fputc('\n', stream);
	}
}

static void print_labelled(const char *label, const json_t *object, const char *key, FILE *stream)
{
	fprintf(stream, "          %s: ", label);
	escape_text(stream, document_text(object, key));
	fputc('\n', stream);
}

/* A line of a log that is told: whose it is, what it means, what to do. */
static void print_match(const json_t *match, FILE *stream)
{
	json_int_t count = json_integer_value(json_object_get(match, "count"));

	fputs("    log   ", stream);
	escape_text(stream, document_text(match, "label"));
	fputs(", layer ", stream);
	escape_text(stream, document_text(match, "layer"));
	fputs(", ", stream);
	escape_text(stream, document_text(match, "file"));
	fprintf(stream, " line %" JSON_INTEGER_FORMAT,
		json_integer_value(json_object_get(match, "line")));
	if (count > 1)
		fprintf(stream, " and %" JSON_INTEGER_FORMAT " more", count - 1);
	fputc('\n', stream);
	print_labelled("means", match, "meaning", stream);
	print_labelled("advice", match, "advice", stream);
}

/* The lines that are told; of a cell that is not PASS also the labels of what else is known. */
static void print_logs(const json_t *cell, FILE *stream)
{
	const json_t *logs = json_object_get(cell, "logs"), *match;
	const char *between = "    log   also: ";
	size_t i;

	json_array_foreach(logs, i, match)
	{
		if (render_tells(cell, match))
			print_match(match, stream);
	}
	if (render_verdict(cell) == VERDICT_PASS)
		return;
	json_array_foreach(logs, i, match)
	{
		if (render_tells(cell, match))
			continue;
		fputs(between, stream);
		escape_text(stream, document_text(match, "label"));
		between = ", ";
	}
	if (between[0] == ',')
		fputc('\n', stream);
}

void table_name(const json_t *cell, FILE *stream)
{
	bool ran = json_object_get(cell, "times_ms");

	int pad = NAME_COLUMN - (int)strlen(document_text(cell, "name"));

	escape_text(stream, document_text(cell, "name"));
	if (ran)
		fprintf(stream, "%*s %6.1f s", pad > 0 ? pad : 0, "", render_seconds(cell));
}

static void print_cell(const json_t *cell, const struct render_options *options, FILE *stream)
{
	const json_t *finding;
	size_t i;

	table_verdict(stream, options, document_text(cell, "verdict"), TABLE_VERDICT);
	fputc(' ', stream);
	table_name(cell, stream);
	fputc('\n', stream);
	if (document_text(cell, "cause")[0]) {
		fputs("      ", stream);
		escape_text(stream, document_text(cell, "cause"));
		fputc('\n', stream);
	}
	if (document_text(cell, "layer")[0] &&
		strcmp(document_text(cell, "verdict"), "PASS") != 0) {
		fputs("      look first at: ", stream);
		escape_text(stream, document_text(cell, "layer"));
		fputc('\n', stream);
	}
	if (json_array_size(json_object_get(cell, "pruned")) > 0) {
		fputs("      pruned: ", stream);
		escape_value(stream, json_object_get(cell, "pruned"));
		fputc('\n', stream);
	}
	print_logs(cell, stream);
	json_array_foreach(json_object_get(cell, "findings"), i, finding)
		print_finding(finding, options, stream);
}

static int begin(void *data, const json_t *head)
{
	const struct rendering *rendering = data;

	print_head(head, rendering->stream);
	print_shard(head, rendering->stream);
	fputc('\n', rendering->stream);
	return ferror(rendering->stream) ? -EIO : 0;
}

static int on_cell(void *data, const json_t *cell)
{
	struct rendering *rendering = data;

	int r = 0;

	rendering->cells++;
	if (rendering->options->verbose)
		print_cell(cell, rendering->options, rendering->stream);
	else
		r = table_short_cell(rendering, cell);
	return ferror(rendering->stream) ? -EIO : r;
}

static void print_line(const char *label, const char *text, FILE *stream)
{
	if (!text)
		return;
	fputs(label, stream);
	escape_text(stream, text);
	fputc('\n', stream);
}

static int end(void *data, const json_t *totals)
{
	const struct rendering *rendering = data;
	const json_t *counts = json_object_get(totals, "counts");
	FILE *stream = rendering->stream;

	table_short_end(rendering);
	fprintf(stream, "\n%zu %s:", rendering->cells,
		summary_plural(rendering->cells, "cell", "cells"));
	for (int v = 0; v < VERDICT_COUNT; v++) {
		const json_t *n = json_object_get(counts, verdict_name((enum verdict)v));

		if (n)
			fprintf(stream, " %d %s", (int)json_integer_value(n),
				verdict_name((enum verdict)v));
	}
	fputs("; worst: ", stream);
	table_verdict(stream, rendering->options, document_text(totals, "verdict"), 0);
	fputc('\n', stream);
	print_line("Run directory: ", rendering->options->dir, stream);
	if (!rendering->options->verbose)
		print_line("Every field, source and log: ", rendering->options->more, stream);
	return ferror(stream) ? -EIO : 0;
}

struct findings_sink render_table_sink(struct rendering *rendering)
{
	return (struct findings_sink){ begin, on_cell, end, rendering };
}

int render_table(const json_t *findings, const struct render_options *options, FILE *stream)
{
	return render_streamed(render_table_sink, findings, options, stream);
}
