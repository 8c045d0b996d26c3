#include "harness/report/formats/ktap.h"

#include <errno.h>
#include <stdlib.h>

#include "harness/report/cell_text.h"
#include "harness/store/ending.h"
#include "src/document.h"

#define SUBTEST "  " /* two columns further in than the test */

static const struct {
	bool ok;
	const char *directive; /* NULL: there is none */
} words[VERDICT_COUNT] = {
	[VERDICT_PASS] = { true, NULL },
	[VERDICT_DONE] = { true, NULL },
	[VERDICT_SKIP] = { true, "SKIP" },
	[VERDICT_XFAIL] = { true, "XFAIL" },
	[VERDICT_FLAKY] = { false, NULL },
	[VERDICT_FAIL] = { false, NULL },
	[VERDICT_ERROR] = { false, "ERROR" },
	[VERDICT_MISS] = { false, "ERROR" },
};

/* Text that is escaped already, on one line, or with `line` before each. */
static void put(FILE *stream, const char *line, const char *escaped)
{
	for (const char *c = escaped; *c; c++) {
		if (*c == '#')
			fputs("\\x23", stream);
		else
			fputc(*c, stream);
		if (*c == '\n')
			fputs(line, stream);
	}
}

/* What one of those in harness/report/cell_text.h writes. Returns 0 or -ENOMEM. */
static int put_part(FILE *stream, const char *line,
	void (*write)(const json_t *document, FILE *stream), const json_t *document)
{
	char *text = render_string(write, document);

	if (!text)
		return -ENOMEM;
	put(stream, line, text);
	free(text);
	return 0;
}

static int put_text(FILE *stream, const json_t *object, const char *key)
{
	char *text = render_escaped(document_text(object, key));

	if (!text)
		return -ENOMEM;
	put(stream, "", text);
	free(text);
	return 0;
}

static bool timed_out(const json_t *cell)
{
	enum ending ending;

	return render_verdict(cell) >= VERDICT_FAIL &&
	       ending_parse(document_text(cell, "ending"), &ending) == 0 &&
	       ending_entry(ending)->late;
}

static void begin_result(FILE *stream, const char *indent, size_t number, enum verdict verdict)
{
	fprintf(stream, "%s%sok %zu ", indent, words[verdict].ok ? "" : "not ", number);
}

static int put_expectation(FILE *stream, size_t number, const json_t *finding)
{
	enum verdict verdict = render_verdict(finding);
	int r;

	begin_result(stream, SUBTEST, number, verdict);
	r = put_text(stream, finding, "field");
	if (r == 0 && words[verdict].directive) {
		fprintf(stream, " # %s ", words[verdict].directive);
		r = put_text(stream, finding, "note");
	}
	fputc('\n', stream);
	return r;
}

static int put_expectations(FILE *stream, const json_t *cell)
{
	const json_t *findings = json_object_get(cell, "findings"), *finding;
	size_t i;
	int r = 0;

	if (json_array_size(findings) == 0)
		return 0;
	fputs(SUBTEST "KTAP version 1\n" SUBTEST "# Subtest: ", stream);
	r = put_text(stream, cell, "name");
	fprintf(stream, "\n" SUBTEST "1..%zu\n", json_array_size(findings));
	json_array_foreach(findings, i, finding)
	{
		if (r == 0)
			r = put_expectation(stream, i + 1, finding);
	}
	return r;
}

static int put_cell(FILE *stream, size_t number, const json_t *cell)
{
	enum verdict verdict = render_verdict(cell);
	const char *directive = timed_out(cell) ? "TIMEOUT" : words[verdict].directive;
	int r = put_expectations(stream, cell);

	if (r == 0 && render_has_diagnosis(cell)) {
		fputs("# ", stream);
		r = put_part(stream, "# ", render_diagnosis, cell);
		fputc('\n', stream);
	}
	begin_result(stream, "", number, verdict);
	if (r == 0)
		r = put_text(stream, cell, "name");
	if (r == 0 && directive) {
		fprintf(stream, " # %s %s%s", directive,
			verdict >= VERDICT_FLAKY ? verdict_name(verdict) : "",
			verdict >= VERDICT_FLAKY ? ": " : "");
		r = put_part(stream, "", render_reason, cell);
	}
	fputc('\n', stream);
	return r;
}

int render_ktap(const json_t *findings, const struct render_options *options, FILE *stream)
{
	const json_t *cells = json_object_get(findings, "cells"), *cell;
	size_t i;
	int r;

	fprintf(stream, "KTAP version 1\n1..%zu\n# tested: ", json_array_size(cells));
	r = put_part(stream, "", render_suite, findings);
	fputs(": ", stream);
	if (r == 0)
		r = put_part(stream, "", render_place, findings);
	fputc('\n', stream);
	json_array_foreach(cells, i, cell)
	{
		if (r == 0)
			r = put_cell(stream, i + 1, cell);
	}
	if (r < 0)
		return r;
	return ferror(stream) ? -EIO : 0;
}
