#include "harness/report/formats/junit.h"

#include <errno.h>
#include <libxml/xmlwriter.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/clock.h"
#include "harness/base/escape.h"
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
	bool failed; /* a call of the library has failed: for want of memory, nothing else can */
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
static void write_sums(struct junit *junit, const json_t *cells)
{
	size_t counts[OUTCOMES] = { 0 }, i;
	const json_t *cell;
	double seconds = 0;

	json_array_foreach(cells, i, cell)
	{
		counts[outcomes[render_verdict(cell)]]++;
		seconds += render_seconds(cell);
	}
	attribute_count(junit, "tests", json_array_size(cells));
	attribute_count(junit, "failures", counts[FAILED]);
	attribute_count(junit, "errors", counts[BROKEN]);
	attribute_count(junit, "skipped", counts[SKIPPED]);
	attribute_seconds(junit, seconds);
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

static void write_suite(struct junit *junit, const json_t *findings)
{
	const json_t *cells = json_object_get(findings, "cells"), *cell;
	size_t i;

	begin(junit, "testsuite");
	attribute_part(junit, "name", render_suite, findings);
	write_sums(junit, cells);
	write_when(junit, findings);
	write_where(junit, findings);
	begin(junit, "properties");
	write_property(junit, "igd-harness", write_harness, findings);
	write_property(junit, "place", render_place, findings);
	end(junit);
	json_array_foreach(cells, i, cell) write_cell(junit, findings, cell);
	end(junit);
}

int render_junit(const json_t *findings, const struct render_options *options, FILE *stream)
{
	xmlBufferPtr buffer = xmlBufferCreate();
	struct junit junit = { .writer = buffer ? xmlNewTextWriterMemory(buffer, 0) : NULL };
	int r = -ENOMEM;

	if (!junit.writer)
		goto out;
	xmlTextWriterSetIndent(junit.writer, 1);
	junit.failed |= xmlTextWriterStartDocument(junit.writer, NULL, "UTF-8", NULL) < 0;
	begin(&junit, "testsuites");
	write_sums(&junit, json_object_get(findings, "cells"));
	write_suite(&junit, findings);
	end(&junit);
	junit.failed |= xmlTextWriterEndDocument(junit.writer) < 0;
	if (junit.failed)
		goto out;
	fwrite(xmlBufferContent(buffer), 1, (size_t)xmlBufferLength(buffer), stream);
	r = ferror(stream) ? -EIO : 0;
out:
	if (junit.writer)
		xmlFreeTextWriter(junit.writer);
	if (buffer)
		xmlBufferFree(buffer);
	return r;
}
