/* The history as text: what is worth knowing, and the last runs of each cell that is. */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/escape.h"
#include "harness/history/history.h"
#include "harness/history/render.h"
#include "src/document.h"
#include "src/verdict.h"

#define SHOWN_RUNS  60 /* of a cell, in a line */
#define SHOWN_CELLS 5  /* of an entry, by name */

/* How each kind of entry reads. NULL ends. */
static const struct {
	const char *kind, *heading;
} kinds[] = { { "regression", "Regressions" },
	{ "flaky", "Flaky: not the same with the same identities" },
	{ "unanswered", "Without an answer" }, { "give-back", "Did not come back to the host" },
	{ "drift", "Slower or faster than at first" }, { "fixed", "As expected again" },
	{ "gone", "Known deviations that no longer occur" }, { NULL, NULL } };

const char *history_kind_heading(const char *kind)
{
	for (size_t k = 0; kinds[k].kind; k++) {
		if (strcmp(kinds[k].kind, kind) == 0)
			return kinds[k].heading;
	}
	return "";
}

static json_int_t number(const json_t *entry, const char *key)
{
	return json_integer_value(json_object_get(entry, key));
}

static void write_list(const json_t *list, size_t most, FILE *stream)
{
	size_t count = json_array_size(list);

	for (size_t i = 0; i < count && i < most; i++) {
		fputs(i ? ", " : "", stream);
		escape_text(stream, json_string_value(json_array_get(list, i)));
	}
	if (count > most)
		fprintf(stream, " and %zu more", count - most);
}

static void write_with(const json_t *with, FILE *stream)
{
	const json_t *one;
	size_t i;

	if (json_array_size(with) == 0)
		fputs("with nothing that is recorded", stream);
	json_array_foreach(with, i, one)
	{
		fputs(i ? ", " : "with ", stream);
		escape_text(stream, document_text(one, "what"));
		fputc(' ', stream);
		escape_text(stream,
			document_text(one, "from")[0] ? document_text(one, "from") : "none");
		fputs(" -> ", stream);
		escape_text(
			stream, document_text(one, "to")[0] ? document_text(one, "to") : "none");
	}
}

static void write_change(const json_t *entry, FILE *stream)
{
	fprintf(stream, ": %s -> %s ", document_text(entry, "from"), document_text(entry, "to"));
	write_with(json_object_get(entry, "with"), stream);
}

static void write_drift(const json_t *entry, FILE *stream)
{
	double first = (double)number(entry, "first_ms") / 1000;
	double last = (double)number(entry, "last_ms") / 1000;

	fprintf(stream, ": %zu of %lld cells take %.1f s, at first %.1f s",
		json_array_size(json_object_get(entry, "cells")), (long long)number(entry, "of"),
		last, first);
}

static bool last_is_longer(const json_t *entry)
{
	return number(entry, "last_ms") > number(entry, "first_ms");
}

static void write_entry(const json_t *entry, FILE *stream)
{
	const char *kind = document_text(entry, "kind");

	if (strcmp(kind, "gone") == 0) {
		escape_text(stream, document_text(entry, "known"));
		fputs(" in ", stream);
	}
	if (strcmp(kind, "drift") == 0)
		fputs(last_is_longer(entry) ? "slower" : "faster", stream);
	else
		write_list(json_object_get(entry, "cells"), SHOWN_CELLS, stream);
	if (strcmp(kind, "regression") == 0 || strcmp(kind, "fixed") == 0)
		write_change(entry, stream);
	else if (strcmp(kind, "flaky") == 0)
		fprintf(stream, ": deviates in %lld of %lld runs", (long long)number(entry, "bad"),
			(long long)number(entry, "runs"));
	else if (strcmp(kind, "drift") == 0)
		write_drift(entry, stream);
	else if (strcmp(kind, "unanswered") == 0)
		fprintf(stream, ": in the last %lld runs", (long long)number(entry, "runs"));
	else if (strcmp(kind, "give-back") == 0) {
		fprintf(stream, ": in %lld runs, ", (long long)number(entry, "runs"));
		escape_text(stream, document_text(entry, "cause"));
	}
	fputs("\nmatrix ", stream);
	escape_text(stream, document_text(entry, "matrix"));
	fputs(", on ", stream);
	write_list(json_object_get(entry, "hosts"), SHOWN_CELLS, stream);
	if (document_text(entry, "since")[0]) {
		fputs(", since ", stream);
		escape_text(stream, document_text(entry, "since"));
		fputs(" (", stream);
		escape_text(stream, document_text(entry, "run"));
		fputc(')', stream);
	}
}

char *history_entry_text(const json_t *entry)
{
	char *text = NULL;
	size_t length = 0;
	FILE *stream = open_memstream(&text, &length);

	if (!stream)
		return NULL;
	write_entry(entry, stream);
	fclose(stream);
	return text;
}

/* Each line of it further in. */
static void print_entry(const json_t *entry, FILE *stream)
{
	char *text = history_entry_text(entry), *rest = text, *line;

	for (int i = 0; (line = strsep(&rest, "\n")); i++)
		fprintf(stream, "%s%s\n", i ? "    " : "  ", line);
	free(text);
}

static bool is_notable(const json_t *history, const json_t *group, const char *cell)
{
	const json_t *entry;
	size_t i;

	json_array_foreach(json_object_get(history, "notable"), i, entry)
	{
		const char *kind = document_text(entry, "kind");

		if (strcmp(kind, "drift") != 0 &&
			json_equal(json_object_get(entry, "matrix"),
				json_object_get(group, "matrix")) &&
			document_has_text(
				json_object_get(entry, "hosts"), document_text(group, "host")) &&
			document_has_text(json_object_get(entry, "cells"), cell))
			return true;
	}
	return false;
}

static void write_cell(const json_t *cell, FILE *stream)
{
	const char *verdicts = document_text(cell, "verdicts");
	size_t length = strlen(verdicts);

	fprintf(stream, "  %s  %7.1f s  ",
		length > SHOWN_RUNS ? verdicts + length - SHOWN_RUNS : verdicts,
		(double)number(cell, "median_ms") / 1000);
	escape_text(stream, document_text(cell, "name"));
	fputc('\n', stream);
}

static void write_group(const json_t *history, const json_t *group, FILE *stream)
{
	const json_t *cells = json_object_get(group, "cells"), *cell;
	size_t shown = 0, i;

	fputs("\nHost ", stream);
	escape_text(stream, document_text(group, "host"));
	fputs(", matrix ", stream);
	escape_text(stream, document_text(group, "matrix"));
	fputs(", back end ", stream);
	escape_text(stream, document_text(group, "backend"));
	fprintf(stream, ": %zu runs, %zu cells\n", json_array_size(json_object_get(group, "runs")),
		json_array_size(cells));
	if (document_text(group, "not_hardware")[0]) {
		fputs("  ", stream);
		escape_text(stream, document_text(group, "not_hardware"));
		fputc('\n', stream);
	}
	json_array_foreach(cells, i, cell)
	{
		if (!is_notable(history, group, document_text(cell, "name")))
			continue;
		write_cell(cell, stream);
		shown++;
	}
	if (shown < json_array_size(cells))
		fprintf(stream, "  %zu cells of which nothing is listed above\n",
			json_array_size(cells) - shown);
}

int history_render_text(const json_t *history, FILE *stream)
{
	const json_t *runs = json_object_get(history, "runs"), *entry, *group;
	const json_t *notable = json_object_get(history, "notable");
	size_t count = json_array_size(runs), i;
	bool any;

	fprintf(stream, "%zu run%s, ", count, count == 1 ? "" : "s");
	escape_text(stream, document_text(json_array_get(runs, 0), "started"));
	fputs(" to ", stream);
	escape_text(stream, document_text(json_array_get(runs, count - 1), "started"));
	fputc('\n', stream);
	for (size_t k = 0; kinds[k].kind; k++) {
		any = false;
		json_array_foreach(notable, i, entry)
		{
			if (strcmp(document_text(entry, "kind"), kinds[k].kind) != 0)
				continue;
			if (!any)
				fprintf(stream, "\n%s:\n", kinds[k].heading);
			any = true;
			print_entry(entry, stream);
		}
	}
	if (json_array_size(notable) == 0)
		fputs("\nNothing changed, is flaky or drifts.\n", stream);
	json_array_foreach(json_object_get(history, "groups"), i, group)
		write_group(history, group, stream);
	for (int v = 0; v < VERDICT_COUNT; v++)
		fprintf(stream, "%s%c %s", v ? ", " : "\n", HISTORY_LETTERS[v],
			verdict_name((enum verdict)v));
	fprintf(stream, ", %c not in the run;\n", HISTORY_LETTERS[VERDICT_COUNT]);
	fputs("the newest run is at the right; the time is the median\n", stream);
	return ferror(stream) ? -EIO : 0;
}
