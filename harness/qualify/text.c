#include <errno.h>
#include <string.h>

#include "harness/base/escape.h"
#include "harness/qualify/qualify.h"
#include "harness/qualify/sheet.h"
#include "src/document.h"

static void print_reasons(const json_t *document, FILE *stream)
{
	const json_t *reasons = json_object_get(document, "grounds");
	const json_t *reason;
	char of[TEXT_MAX];
	size_t i;

	json_array_foreach(reasons, i, reason)
	{
		qualify_of(document, reason, of);
		fputs("  ", stream);
		escape_text(stream, document_text(reason, "text"));
		if (of[0]) {
			fputs(" (", stream);
			escape_text(stream, of);
			fputc(')', stream);
		}
		fputc('\n', stream);
	}
}

static void print_runs(const json_t *matrix, FILE *stream)
{
	const json_t *run;
	char counts[TEXT_MAX];
	size_t i;

	json_array_foreach(json_object_get(matrix, "runs"), i, run)
	{
		section_counts(json_object_get(run, "counts"), counts);
		fputs("  ", stream);
		escape_text(stream, document_text(matrix, "name"));
		fputs(" in ", stream);
		escape_text(stream, document_text(run, "release"));
		fputs(": ", stream);
		escape_text(stream, document_text(run, "decision"));
		fputs("; ", stream);
		escape_text(stream, counts);
		fputc('\n', stream);
	}
}

int qualify_render_text(const json_t *document, FILE *stream)
{
	const json_t *matrix;
	char text[TEXT_MAX];
	size_t i;

	if (!json_is_true(json_object_get(document, "hardware"))) {
		qualify_join(json_object_get(document, "instead"), text);
		fputs("NOT HARDWARE: ", stream);
		escape_text(stream, text[0] ? text : "no run was on hardware");
		fputc('\n', stream);
	}
	escape_text(stream, document_text(document, "decision"));
	fputs(", because:\n", stream);
	print_reasons(document, stream);
	fputs("Runs:\n", stream);
	json_array_foreach(json_object_get(document, "matrices"), i, matrix)
		print_runs(matrix, stream);
	qualify_join(json_object_get(document, "never"), text);
	if (text[0]) {
		fputs("Never exercised: ", stream);
		escape_text(stream, text);
		fputc('\n', stream);
	}
	fputs("Judged by igd-harness ", stream);
	escape_text(stream, document_text(document, "harness"));
	fputc('\n', stream);
	return ferror(stream) ? -EIO : 0;
}
