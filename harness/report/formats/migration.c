#include "harness/report/formats/migration.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/escape.h"
#include "harness/logs/patterns.h"
#include "harness/report/cell_text.h"
#include "src/document.h"

#define MIB 1048576.0

/* Text in a cell of the table, in which "|" would begin the next. */
static void put_text(FILE *stream, const char *text)
{
	for (; *text; text++) {
		char one[2] = { *text == '|' ? '/' : *text, '\0' };

		escape_text(stream, one);
	}
}

static void put_head(const json_t *findings, FILE *stream)
{
	const json_t *identities = json_object_get(findings, "identities");
	const json_t *model, *version;
	const char *name;
	const char *between = "";

	fputs("Measured ", stream);
	fprintf(stream, "%.10s", document_text(findings, "started"));
	fputs(" with ", stream);
	json_object_foreach(json_object_get(identities, "versions"), name, version)
	{
		fprintf(stream, "%s%s ", between, name);
		put_text(stream, json_string_value(version));
		between = ", ";
	}
	json_object_foreach(json_object_get(identities, "models"), name, model)
	{
		fprintf(stream, "; %s is ", name);
		put_text(stream, document_text(model, "text"));
	}
	fputs("; ", stream);
	render_measured_on(findings, stream);
	fputs("\n\n", stream);
	fputs("| saved, restored, how | result | disk | clock | saved | save, restore | verdict |\n"
	      "|---|---|---|---|---|---|---|\n",
		stream);
}

/* "the same", or what is another; of one that was not restored, how it ended and why. */
static void put_outcome(const json_t *cell, FILE *stream)
{
	const json_t *transition = json_object_get(cell, "transition");
	const char *changed = document_text(transition, "changed");
	const char *ending = document_text(cell, "ending");
	const json_t *cause = patterns_first_cause(json_object_get(cell, "logs"));

	if (strcmp(ending, "done") != 0) {
		fputs(ending, stream);
		if (cause) {
			fputs(": ", stream);
			put_text(stream, document_text(cause, "label"));
		}
		return;
	}
	if (!json_object_get(transition, "changed"))
		fputs("not compared", stream);
	else
		fputs(changed[0] ? "changed: " : "the same machine", stream);
	put_text(stream, changed);
	if (json_is_false(json_object_get(transition, "steps")))
		fputs("; its work does not continue", stream);
}

static void put_work(const json_t *transition, FILE *stream)
{
	const json_t *disk = json_object_get(transition, "disk");
	const json_t *clock = json_object_get(transition, "clock");
	json_int_t behind = json_integer_value(json_object_get(transition, "behind_ms"));

	fputs(json_is_true(disk) ? "all there" : json_is_false(disk) ? "damaged" : "", stream);
	fputs(" | ", stream);
	if (json_is_false(clock))
		fputs("wrong", stream);
	else if (clock)
		fprintf(stream, "%.1f s %s", (double)llabs(behind) / 1000,
			behind < 0 ? "ahead" : "behind");
}

static void put_seconds(const json_t *cell, const char *state, FILE *stream)
{
	const json_t *ms = json_object_get(json_object_get(cell, "times_ms"), state);

	if (ms)
		fprintf(stream, "%.1f s", (double)json_integer_value(ms) / 1000);
	else
		fputs("never", stream);
}

/* The signs in the logs of a cell that passes, but for the cause that the outcome has named. */
static void put_signs(const json_t *cell, FILE *stream)
{
	bool done = strcmp(document_text(cell, "ending"), "done") == 0;
	const json_t *logs = json_object_get(cell, "logs"), *match;
	const json_t *named = done ? NULL : patterns_first_cause(logs);
	const char *between = "; signs in its logs: ";
	size_t i;

	json_array_foreach(logs, i, match)
	{
		if (match == named || !render_is_sign(cell, match))
			continue;
		fputs(between, stream);
		put_text(stream, document_text(match, "label"));
		between = ", ";
	}
}

static void put_not_compared(const json_t *cell, FILE *stream)
{
	char *text = render_string(render_not_compared, cell);

	if (text && text[0]) {
		fputs("; ", stream);
		put_text(stream, text);
	}
	free(text);
}

static void put_row(const json_t *cell, FILE *stream)
{
	const json_t *transition = json_object_get(cell, "transition");
	json_int_t bytes = json_integer_value(json_object_get(transition, "saved_bytes"));
	const char *between = "| ", *axis;
	json_t *word;

	json_object_foreach(json_object_get(cell, "words"), axis, word)
	{
		fputs(between, stream);
		put_text(stream, json_string_value(word));
		between = ", ";
	}
	fputs(" | ", stream);
	put_outcome(cell, stream);
	put_not_compared(cell, stream);
	put_signs(cell, stream);
	fputs(" | ", stream);
	put_work(transition, stream);
	fputs(" | ", stream);
	if (bytes > 0)
		fprintf(stream, "%.0f MiB", (double)bytes / MIB);
	fputs(" | ", stream);
	put_seconds(cell, "save", stream);
	fputs(", ", stream);
	put_seconds(cell, "restore", stream);
	fprintf(stream, " | %s |\n", document_text(cell, "verdict"));
}

int render_migration(const json_t *findings, const struct render_options *options, FILE *stream)
{
	const json_t *cell, *transition;
	size_t i;

	put_head(findings, stream);
	json_array_foreach(json_object_get(findings, "cells"), i, cell)
	{
		transition = json_object_get(cell, "transition");
		if (transition && !json_is_true(json_object_get(transition, "again")))
			put_row(cell, stream);
	}
	return ferror(stream) ? -EIO : 0;
}
