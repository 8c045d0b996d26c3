#include "harness/report/formats/junit.h"

#include <errno.h>
#include <libxml/xmlwriter.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/clock.h"
#include "harness/base/escape.h"
#include "harness/base/spool/spool.h"
#include "harness/report/cell_text.h"
#include "src/document.h"

enum outcome { PASSED, SKIPPED, FAILED, BROKEN, OUTCOMES };

static const enum outcome outcomes[VERDICT_COUNT] = {
	[VERDICT_PASS] = PASSED,
	[VERDICT_DONE] = PASSED,
	[VERDICT_SKIP] = SKIPPED,
	[VERDICT_XFAIL] = SKIPPED,
	[VERDICT_FLAKY] = FAILED,
	[VERDICT_FAIL] = FAILED,
	[VERDICT_ERROR] = BROKEN,
	[VERDICT_MISS] = BROKEN,
};

static const char *const elements[OUTCOMES] = { NULL, "skipped", "failure", "error" };

struct junit {
	xmlTextWriterPtr writer;
	bool failed; /* a call of the library has failed, for want of memory or of its stream */
};

static void begin(struct junit *junit, const char *element)
{
	junit->failed |= xmlTextWriterStartElement(junit->writer, BAD_CAST element) < 0;
}

static void end(struct junit *junit)
{
	junit->failed |= xmlTextWriterEndElement(junit->writer) < 0;
}

static void attribute(struct junit *junit, const char *name, const char *value)
{
	junit->failed |= !value || xmlTextWriterWriteAttribute(
					   junit->writer, BAD_CAST name, BAD_CAST value) < 0;
}

static void attribute_count(struct junit *junit, const char *name, size_t count)
{
	char text[32];

	snprintf(text, sizeof(text), "%zu", count);
	attribute(junit, name, text);
}

static void attribute_seconds(struct junit *junit, double seconds)
{
	char text[32];

	snprintf(text, sizeof(text), "%.3f", seconds);
	attribute(junit, "time", text);
}

/* An attribute or a text of its own that one of the parts writes. */
static void attribute_part(struct junit *junit, const char *name,
	void (*write)(const json_t *, FILE *), const json_t *document)
{
	char *text = render_string(write, document);

	attribute(junit, name, text);
	free(text);
}

static void text_part(
	struct junit *junit, void (*write)(const json_t *, FILE *), const json_t *document)
{
	char *text = render_string(write, document);

	junit->failed |= !text || xmlTextWriterWriteString(junit->writer, BAD_CAST text) < 0;
	free(text);
}

static void write_name(const json_t *cell, FILE *stream)
{
	escape_text(stream, document_text(cell, "name"));
}

static void write_message(const json_t *cell, FILE *stream)
{
	if (render_verdict(cell) == VERDICT_XFAIL)
		fputs("expected failure: ", stream);
	render_reason(cell, stream);
}

static void write_cell(struct junit *junit, const json_t *findings, const json_t *cell)
{
	enum verdict verdict = render_verdict(cell);
	enum outcome outcome = outcomes[verdict];

	begin(junit, "testcase");
	attribute_part(junit, "classname", render_suite, findings);
	attribute_part(junit, "name", write_name, cell);
	attribute_seconds(junit, render_seconds(cell));
	if (elements[outcome]) {
		begin(junit, elements[outcome]);
		attribute(junit, "type", verdict_name(verdict));
		attribute_part(junit, "message", write_message, cell);
		/* GitLab shows what is inside, and no attribute. */
		text_part(junit, outcome == SKIPPED ? write_message : render_diagnosis, cell);
		end(junit);
	}
	if (outcome == FAILED || outcome == BROKEN || render_unexpected_pass(cell) ||
		render_has_remarks(cell)) {
		begin(junit, "system-out");
		text_part(junit, render_diagnosis, cell);
		end(junit);
	}
	end(junit);
}

/* The sums that some readers trust more than their own counting. */
struct sums {
	size_t cells, counts[OUTCOMES];
	double seconds;
};

static void add_to_sums(struct sums *sums, const json_t *cell)
{
	sums->cells++;
	sums->counts[outcomes[render_verdict(cell)]]++;
	sums->seconds += render_seconds(cell);
}

static void write_sums(struct junit *junit, const struct sums *sums)
{
	attribute_count(junit, "tests", sums->cells);
	attribute_count(junit, "failures", sums->counts[FAILED]);
	attribute_count(junit, "errors", sums->counts[BROKEN]);
	attribute_count(junit, "skipped", sums->counts[SKIPPED]);
	attribute_seconds(junit, sums->seconds);
}

static void write_property(struct junit *junit, const char *name,
	void (*write)(const json_t *, FILE *), const json_t *document)
{
	begin(junit, "property");
	attribute(junit, "name", name);
	attribute_part(junit, "value", write, document);
	end(junit);
}

static void write_harness(const json_t *findings, FILE *stream)
{
	escape_text(stream, document_text(findings, "harness"));
}

/* UTC without a zone, as Ant writes it and its schema wants it. */
static void write_when(struct junit *junit, const json_t *findings)
{
	const char *started = document_text(findings, "started");
	char text[CLOCK_TEXT_MAX];
	time_t when;

	if (clock_parse(started, &when) < 0)
		return;
	snprintf(text, sizeof(text), "%s", started);
	text[strcspn(text, "Z")] = '\0';
	attribute(junit, "timestamp", text);
}

static void write_host_name(const json_t *host, FILE *stream)
{
	escape_text(stream, document_text(host, "name"));
}

/* A merged run has none of its own. */
static void write_where(struct junit *junit, const json_t *findings)
{
	const json_t *host = json_object_get(json_object_get(findings, "identities"), "host");

	if (document_text(host, "name")[0])
		attribute_part(junit, "hostname", write_host_name, host);
}

/* The suite up to its first cell. */
static void begin_suite(struct junit *junit, const json_t *findings, const struct sums *sums)
{
	begin(junit, "testsuite");
	attribute_part(junit, "name", render_suite, findings);
	write_sums(junit, sums);
	write_when(junit, findings);
	write_where(junit, findings);
	begin(junit, "properties");
	write_property(junit, "igd-harness", write_harness, findings);
	write_property(junit, "place", render_place, findings);
	end(junit);
}

static int write_bytes(void *stream, const char *bytes, int length)
{
	return fwrite(bytes, 1, (size_t)length, stream) == (size_t)length ? length : -1;
}

/* A writer to a stream, which is borrowed. */
static void open_writer(struct junit *junit, FILE *stream)
{
	xmlOutputBufferPtr buffer = xmlOutputBufferCreateIO(write_bytes, NULL, stream, NULL);

	junit->writer = buffer ? xmlNewTextWriter(buffer) : NULL;
	if (buffer && !junit->writer)
		xmlOutputBufferClose(buffer);
	if (junit->writer)
		xmlTextWriterSetIndent(junit->writer, 1);
	else
		junit->failed = true;
}

/* All that was written so far is in the stream. */
static void flush(struct junit *junit)
{
	junit->failed |= xmlTextWriterFlush(junit->writer) < 0;
}

/* What is known until the last cell. */
struct pending {
	json_t *head;
	struct sums sums;
	struct spool spool; /* the cells, as they will be in the document */
	struct junit cells; /* writes these */
};

static void free_pending(void *own)
{
	struct pending *pending = own;

	if (pending->cells.writer)
		xmlFreeTextWriter(pending->cells.writer);
	spool_close(&pending->spool);
	json_decref(pending->head);
	free(pending);
}

/*
 * The cells have a writer of their own. It is in the same depth as the document's, for the indent:
 * what it writes to get there is not of the cells, and is thrown away.
 */
static int open_cells(struct pending *pending, struct problem *why)
{
	struct junit *cells = &pending->cells;

	open_writer(cells, pending->spool.stream);
	if (!cells->writer)
		return -ENOMEM;
	begin(cells, "testsuites");
	begin(cells, "testsuite");
	begin(cells, "properties");
	end(cells);
	flush(cells);
	return cells->failed ? -ENOMEM : spool_clear(&pending->spool, why);
}

static int take_head(void *data, const json_t *head)
{
	struct rendering *rendering = data;
	struct pending *pending = calloc(1, sizeof(*pending));
	int r;

	if (!pending)
		return -ENOMEM;
	pending->head = json_incref((json_t *)head);
	rendering->own = pending;
	rendering->free_own = free_pending;
	r = spool_open(&pending->spool, rendering->why);
	return r < 0 ? r : open_cells(pending, rendering->why);
}

static int take_cell(void *data, const json_t *cell)
{
	struct rendering *rendering = data;
	struct pending *pending = rendering->own;
	int r;

	add_to_sums(&pending->sums, cell);
	write_cell(&pending->cells, pending->head, cell);
	flush(&pending->cells);
	r = spool_check(&pending->spool, rendering->why);
	return r == 0 && pending->cells.failed ? -ENOMEM : r;
}

static int write_document(struct rendering *rendering)
{
	struct pending *pending = rendering->own;
	struct junit junit = { 0 };
	int r = 0;

	open_writer(&junit, rendering->stream);
	if (!junit.writer)
		return -ENOMEM;
	junit.failed |= xmlTextWriterStartDocument(junit.writer, NULL, "UTF-8", NULL) < 0;
	begin(&junit, "testsuites");
	write_sums(&junit, &pending->sums);
	begin_suite(&junit, pending->head, &pending->sums);
	flush(&junit);
	r = spool_copy(&pending->spool, rendering->stream, rendering->why);
	end(&junit);
	end(&junit);
	junit.failed |= xmlTextWriterEndDocument(junit.writer) < 0;
	xmlFreeTextWriter(junit.writer);
	if (r < 0)
		return r;
	return ferror(rendering->stream) ? -EIO : junit.failed ? -ENOMEM : 0;
}

static int take_totals(void *data, const json_t *totals)
{
	return write_document(data);
}

struct findings_sink render_junit_sink(struct rendering *rendering)
{
	return (struct findings_sink){ take_head, take_cell, take_totals, rendering };
}

int render_junit(const json_t *findings, const struct render_options *options, FILE *stream)
{
	return render_streamed(render_junit_sink, findings, options, stream);
}
