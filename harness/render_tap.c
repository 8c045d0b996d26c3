#include "harness/render_tap.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/render_parts.h"
#include "src/document.h"

/*
 * A quoted scalar of YAML. The text is printable ASCII already, with its backslashes escaped to
 * \x5c, so a quote is all that is left to escape.
 */
static void write_quoted(FILE *stream, const char *text, size_t length)
{
	fputc('"', stream);
	for (size_t i = 0; i < length; i++) {
		if (text[i] == '"' || text[i] == '\\')
			fputc('\\', stream);
		fputc(text[i], stream);
	}
	fputs("\"\n", stream);
}

/* Returns 0 or -ENOMEM. */
static int write_block(const json_t *cell, FILE *stream)
{
	char *lines = render_string(render_diagnosis, cell), *line = lines;
	const char *verdict = verdict_name(render_verdict(cell));

	if (!lines)
		return -ENOMEM;
	fputs("  ---\n", stream);
	fprintf(stream, "  verdict: %s\n", verdict);
	fprintf(stream, "  duration_ms: %.0f\n", render_seconds(cell) * 1000);
	if (strcmp(verdict, "PASS") != 0 || render_unexpected_pass(cell)) {
		fputs("  diagnosis:\n", stream);
		while (*line) {
			size_t length = strcspn(line, "\n");

			fputs("    - ", stream);
			write_quoted(stream, line, length);
			line += length + (line[length] == '\n');
		}
	}
	fputs("  ...\n", stream);
	free(lines);
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
		render_text(stream, document_text(cell, "name"));
		write_directive(cell, stream);
		fputc('\n', stream);
		r = write_block(cell, stream);
		if (r < 0)
			return r;
	}
	return ferror(stream) ? -EIO : 0;
}
