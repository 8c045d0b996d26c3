#include "harness/report/formats/lava.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/escape.h"
#include "harness/report/cell_text.h"
#include "src/document.h"

static const char *const results[VERDICT_COUNT] = {
	[VERDICT_PASS] = "pass",
	[VERDICT_DONE] = "pass",
	[VERDICT_SKIP] = "skip",
	[VERDICT_XFAIL] = "skip",
	[VERDICT_FLAKY] = "fail",
	[VERDICT_FAIL] = "fail",
	[VERDICT_ERROR] = "unknown",
	[VERDICT_MISS] = "unknown",
};

#define NAME_CHARACTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.+"

static void write_name(FILE *stream, const char *name)
{
	for (const char *c = name; *c; c++) {
		if (*c == '@')
			fputc('+', stream);
		else
			fputc(strchr(NAME_CHARACTERS, *c) ? *c : '_', stream);
	}
}

/* Text in which no signal begins. */
static void write_text(FILE *stream, const char *text)
{
	for (; *text; text++) {
		char one[2] = { strchr("<>", *text) ? '_' : *text, '\0' };

		escape_text(stream, one);
	}
}

static void write_signs(const json_t *cell, FILE *stream)
{
	const json_t *match;
	size_t i;

	json_array_foreach(json_object_get(cell, "logs"), i, match)
	{
		if (render_is_sign(cell, match))
			render_sign(match, write_text, stream);
	}
}

static void write_not_compared(const json_t *cell, FILE *stream)
{
	char *text = render_string(render_not_compared, cell);

	if (text && text[0]) {
		write_text(stream, text);
		fputc('\n', stream);
	}
	free(text);
}

static void write_cell(const json_t *cell, FILE *stream)
{
	const char *name = document_text(cell, "name");

	fputs("<LAVA_SIGNAL_STARTTC ", stream);
	write_name(stream, name);
	fputs(">\n", stream);
	write_not_compared(cell, stream);
	write_signs(cell, stream);
	fputs("<LAVA_SIGNAL_ENDTC ", stream);
	write_name(stream, name);
	fputs(">\n<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=", stream);
	write_name(stream, name);
	fprintf(stream, " RESULT=%s UNITS=seconds MEASUREMENT=%.3f>\n",
		results[render_verdict(cell)], render_seconds(cell));
}

int render_lava(const json_t *findings, const struct render_options *options, FILE *stream)
{
	char *suite = render_string(render_suite, findings);
	const json_t *cell;
	size_t i;

	if (!suite)
		return -ENOMEM;
	fputs("<LAVA_SIGNAL_TESTSET START ", stream);
	write_name(stream, suite);
	fputs(">\n", stream);
	json_array_foreach(json_object_get(findings, "cells"), i, cell) write_cell(cell, stream);
	fputs("<LAVA_SIGNAL_TESTSET STOP>\n", stream);
	free(suite);
	return ferror(stream) ? -EIO : 0;
}
