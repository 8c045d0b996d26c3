#include "harness/report/formats/tap.h"

#include <errno.h>
#include <stdlib.h>

#include "harness/base/escape.h"
#include "harness/report/cell_text.h"
#include "src/document.h"

/*
 * The diagnosis is a literal block: TAP::Parser takes an item of a list for a hash if a word and a
 * colon are in it, quoted or not. Every line of it is one that render_diagnosis() began.
 * Returns 0 or -ENOMEM.
 */
static int write_block(const json_t *cell, FILE *stream)
{
	enum verdict verdict = render_verdict(cell);
	char *lines;

	fprintf(stream, "  ---\n  verdict: %s\n  duration_ms: %.0f\n", verdict_name(verdict),
		render_seconds(cell) * 1000);
	if (render_has_diagnosis(cell)) {
		lines = render_string(render_diagnosis, cell);
		if (!lines)
			return -ENOMEM;
		fputs("  diagnosis: |\n    ", stream);
		for (const char *c = lines; *c; c++) {
			fputc(*c, stream);
			if (*c == '\n')
				fputs("    ", stream);
		}
		fputc('\n', stream);
		free(lines);
	}
	fputs("  ...\n", stream);
	return 0;
}

static void write_directive(const json_t *cell, FILE *stream)
{
	const char *directive = NULL;

	switch (render_verdict(cell)) {
	case VERDICT_SKIP:
		directive = "SKIP";
		break;
	case VERDICT_XFAIL:
		directive = "TODO";
		break;
	case VERDICT_PASS:
		directive = render_unexpected_pass(cell) ? "TODO" : NULL;
		break;
	default:
		break;
	}
	if (!directive)
		return;
	fprintf(stream, " # %s ", directive);
	render_reason(cell, stream);
}

int render_tap(const json_t *findings, const struct render_options *options, FILE *stream)
{
	const json_t *cells = json_object_get(findings, "cells"), *cell;
	size_t i;
	int r = 0;

	fprintf(stream, "TAP version 13\n1..%zu%s\n", json_array_size(cells),
		json_array_size(cells) ? "" : " # SKIP no cell was chosen");
	fputs("# ", stream);
	render_suite(findings, stream);
	fputs(": ", stream);
	render_place(findings, stream);
	fputc('\n', stream);
	json_array_foreach(cells, i, cell)
	{
		enum verdict verdict = render_verdict(cell);

		fprintf(stream, "%sok %zu - ", verdict <= VERDICT_SKIP ? "" : "not ", i + 1);
		escape_text(stream, document_text(cell, "name"));
		write_directive(cell, stream);
		fputc('\n', stream);
		r = write_block(cell, stream);
		if (r < 0)
			return r;
	}
	return ferror(stream) ? -EIO : 0;
}
