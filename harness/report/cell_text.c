#include "harness/report/cell_text.h"

#include <stdlib.h>
#include <string.h>

#include "harness/base/escape.h"
#include "harness/base/measured_on.h"
#include "harness/logs/patterns.h"
#include "harness/report/summary.h"
#include "src/document.h"

enum verdict render_verdict(const json_t *judged)
{
	enum verdict verdict = VERDICT_ERROR;

	verdict_parse(document_text(judged, "verdict"), &verdict);
	return verdict;
}

enum verdict render_shown_verdict(const json_t *cell)
{
	enum verdict verdict = render_verdict(cell), worst = VERDICT_PASS;
	const json_t *repeat;
	size_t i;

	json_array_foreach(json_object_get(cell, "repeats"), i, repeat)
	{
		if (render_verdict(repeat) <= VERDICT_FAIL)
			worst = verdict_worst(worst, render_verdict(repeat));
	}
	if (verdict != VERDICT_FLAKY)
		return verdict;
	return json_object_get(cell, "repeats") ? worst : VERDICT_FAIL;
}

const char *render_record(const json_t *cell)
{
	return document_text(cell, json_object_get(cell, "record") ? "record" : "name");
}

double render_seconds(const json_t *cell)
{
	double sum = 0;
	const char *name;
	json_t *ms;

	json_object_foreach(json_object_get(cell, "times_ms"), name, ms) sum +=
		(double)json_integer_value(ms) / 1000;
	return sum;
}

const char *render_unexpected_pass(const json_t *cell)
{
	const json_t *finding;
	size_t i;

	json_array_foreach(json_object_get(cell, "findings"), i, finding)
	{
		/* The judge gives a note to no other PASS (harness/judge/judge.h). */
		if (render_verdict(finding) == VERDICT_PASS && document_text(finding, "note")[0])
			return document_text(finding, "note");
	}
	return NULL;
}

/* Does nothing else say that something is wrong with the guest that ran? */
static bool passes(const json_t *cell)
{
	enum verdict verdict = render_verdict(cell);

	return verdict <= VERDICT_DONE ||
	       (verdict <= VERDICT_XFAIL && strcmp(document_text(cell, "ending"), "done") == 0);
}

bool render_tells(const json_t *cell, const json_t *match)
{
	return pattern_decides(match) || (pattern_is_sign(match) && passes(cell));
}

bool render_is_sign(const json_t *cell, const json_t *match)
{
	return passes(cell) && render_tells(cell, match);
}

bool render_has_signs(const json_t *cell)
{
	const json_t *match;
	size_t i;

	json_array_foreach(json_object_get(cell, "logs"), i, match)
	{
		if (render_is_sign(cell, match))
			return true;
	}
	return false;
}

/* The findings of the cell whose value to compare with is not known; the first in *first_r. */
static size_t count_not_compared(const json_t *cell, const json_t **first_r)
{
	const json_t *finding;
	size_t count = 0, i;

	*first_r = NULL;
	json_array_foreach(json_object_get(cell, "findings"), i, finding)
	{
		if (!json_is_false(json_object_get(finding, "decides")))
			continue;
		if (count++ == 0)
			*first_r = finding;
	}
	return count;
}

bool render_is_incomplete(const json_t *cell)
{
	const json_t *first;

	return count_not_compared(cell, &first) > 0;
}

bool render_has_remarks(const json_t *cell)
{
	return render_is_incomplete(cell) || render_has_signs(cell);
}

bool render_has_diagnosis(const json_t *cell)
{
	return render_verdict(cell) > VERDICT_DONE || render_unexpected_pass(cell) ||
	       render_has_remarks(cell);
}

void render_suite(const json_t *findings, FILE *stream)
{
	json_t *measured_on = measured_on_of(findings);

	escape_text(stream, document_text(json_object_get(findings, "matrix"), "name"));
	fputc('.', stream);
	escape_text(stream, document_text(json_object_get(findings, "identities"), "backend"));
	if (!measured_on_is_hardware(measured_on))
		fputs(".not-hardware", stream);
	json_decref(measured_on);
}

void render_versions(const json_t *identities, FILE *stream)
{
	const char *name;
	json_t *version;

	fputs("back end ", stream);
	escape_text(stream, document_text(identities, "backend"));
	json_object_foreach(json_object_get(identities, "versions"), name, version)
	{
		fputs(", ", stream);
		escape_text(stream, name);
		fputc(' ', stream);
		escape_value(stream, version);
	}
}

void render_measured_on(const json_t *findings, FILE *stream)
{
	json_t *measured_on = measured_on_of(findings);

	measured_on_write(measured_on, stream);
	json_decref(measured_on);
}

void render_place(const json_t *findings, FILE *stream)
{
	const json_t *identities = json_object_get(findings, "identities");

	render_versions(identities, stream);
	if (summary_other_guest(findings)) {
		fputs("; guest ", stream);
		escape_text(stream, summary_other_guest(findings));
		fputs(" in place of the matrix's own", stream);
	}
	fputs("; ", stream);
	render_measured_on(findings, stream);
}

void render_signs(const json_t *cell, FILE *stream)
{
	const char *between = "signs in its logs: ";
	const json_t *match;
	size_t i;

	json_array_foreach(json_object_get(cell, "logs"), i, match)
	{
		if (!render_is_sign(cell, match))
			continue;
		fputs(between, stream);
		escape_text(stream, document_text(match, "label"));
		between = ", ";
	}
}

void render_not_compared(const json_t *cell, FILE *stream)
{
	const json_t *first;
	size_t count = count_not_compared(cell, &first);

	if (count == 0)
		return;
	fprintf(stream, "%zu %s compared: ", count,
		summary_plural(count, "expectation is not", "expectations are not"));
	escape_text(stream, document_text(first, "note"));
}

void render_remarks(const json_t *cell, FILE *stream)
{
	render_not_compared(cell, stream);
	if (render_is_incomplete(cell) && render_has_signs(cell))
		fputs("; ", stream);
	render_signs(cell, stream);
}

void render_sign(const json_t *match, void (*write)(FILE *stream, const char *text), FILE *stream)
{
	fputs("log ", stream);
	write(stream, document_text(match, "label"));
	fputs(", layer ", stream);
	write(stream, document_text(match, "layer"));
	fputs(": ", stream);
	write(stream, document_text(match, "meaning"));
	fputc('\n', stream);
}

const char *render_reason_text(const json_t *cell)
{
	enum verdict verdict = render_verdict(cell);
	const char *unexpected = render_unexpected_pass(cell), *note = "";
	const json_t *finding;
	size_t i;

	if (document_text(cell, "cause")[0])
		return document_text(cell, "cause");
	json_array_foreach(json_object_get(cell, "findings"), i, finding)
	{
		if (!note[0] && verdict != VERDICT_PASS && render_verdict(finding) == verdict)
			note = document_text(finding, "note");
	}
	if (verdict == VERDICT_PASS && unexpected)
		note = unexpected;
	return note[0] || verdict == VERDICT_PASS ? note : verdict_meaning(verdict);
}

void render_reason(const json_t *cell, FILE *stream)
{
	const char *reason = render_reason_text(cell);

	if (reason[0])
		escape_text(stream, reason);
	else
		render_remarks(cell, stream);
}

static void write_labelled(const char *label, const json_t *object, const char *key, FILE *stream)
{
	const char *text = document_text(object, key);

	if (!text[0])
		return;
	fputs(label, stream);
	escape_text(stream, text);
}

static void write_finding(const json_t *finding, FILE *stream)
{
	fputc('\n', stream);
	escape_text(stream, document_text(finding, "verdict"));
	write_labelled(" ", finding, "field", stream);
	if (json_object_get(finding, "seen")) {
		fputs(": expected ", stream);
		escape_value(stream, json_object_get(finding, "expected"));
		fputs(", seen ", stream);
		escape_value(stream, json_object_get(finding, "seen"));
	}
	write_labelled(": ", finding, "note", stream);
	write_labelled("; because of: ", finding, "source", stream);
}

static void write_match(const json_t *match, FILE *stream)
{
	write_labelled("\nlog ", match, "label", stream);
	write_labelled(", layer ", match, "layer", stream);
	write_labelled(", ", match, "file", stream);
	fprintf(stream, " line %" JSON_INTEGER_FORMAT,
		json_integer_value(json_object_get(match, "line")));
	write_labelled(": ", match, "text", stream);
	write_labelled("\n  means: ", match, "meaning", stream);
	write_labelled("\n  advice: ", match, "advice", stream);
}

void render_diagnosis(const json_t *cell, FILE *stream)
{
	const json_t *entry;
	size_t i;

	escape_text(stream, document_text(cell, "verdict"));
	fputs(": ", stream);
	render_reason(cell, stream);
	write_labelled("\nlook first at: ", cell, "layer", stream);
	json_array_foreach(json_object_get(cell, "findings"), i, entry)
	{
		if (render_verdict(entry) != VERDICT_PASS || document_text(entry, "note")[0])
			write_finding(entry, stream);
	}
	json_array_foreach(json_object_get(cell, "logs"), i, entry)
	{
		if (render_tells(cell, entry))
			write_match(entry, stream);
	}
}

char *render_string(void (*write)(const json_t *document, FILE *stream), const json_t *document)
{
	char *text = NULL;
	size_t length = 0;
	FILE *stream = open_memstream(&text, &length);
	bool failed;

	if (!stream)
		return NULL;
	write(document, stream);
	failed = ferror(stream);
	if (fclose(stream) == 0 && !failed)
		return text;
	free(text);
	return NULL;
}

char *render_escaped(const char *text)
{
	char *escaped = NULL;
	size_t length = 0;
	FILE *stream = open_memstream(&escaped, &length);

	if (!stream)
		return NULL;
	escape_text(stream, text);
	if (fclose(stream) == 0)
		return escaped;
	free(escaped);
	return NULL;
}
