#include <errno.h>
#include <string.h>

#include "harness/base/escape.h"
#include "harness/compare/diff.h"
#include "src/document.h"

static void print_side(const json_t *difference, const char *which, FILE *stream)
{
	const json_t *side = json_object_get(difference, which);

	fprintf(stream, "%s  ", which);
	escape_text(stream, document_text(side, "dir"));
	fputs(", started ", stream);
	escape_text(stream, document_text(side, "started"));
	fputs(", ", stream);
	escape_text(stream, document_text(side, "verdict"));
	fputc('\n', stream);
}

void diff_render_change(const json_t *change, const char *indent, FILE *stream)
{
	fputs(indent, stream);
	escape_text(stream, document_text(change, "what"));
	fputs(": ", stream);
	escape_value(stream, json_object_get(change, "a"));
	fputs(" -> ", stream);
	escape_value(stream, json_object_get(change, "b"));
	fputc('\n', stream);
}

void diff_render_more(const json_t *of, FILE *stream)
{
	json_int_t more = json_integer_value(json_object_get(of, "more"));

	if (more > 0)
		fprintf(stream, "    and %" JSON_INTEGER_FORMAT " more\n", more);
}

static void print_cell(const json_t *cell, FILE *stream)
{
	const json_t *change;
	size_t i;

	fprintf(stream, "%-14s ", document_text(cell, "class"));
	escape_text(stream, document_text(cell, "name"));
	fputs("  ", stream);
	escape_value(stream, json_object_get(cell, "a"));
	fputs(" -> ", stream);
	escape_value(stream, json_object_get(cell, "b"));
	fputc('\n', stream);
	if (document_text(cell, "cause")[0]) {
		fputs("    ", stream);
		escape_text(stream, document_text(cell, "cause"));
		fputc('\n', stream);
	}
	json_array_foreach(json_object_get(cell, "changes"), i, change)
		diff_render_change(change, "    ", stream);
	diff_render_more(cell, stream);
}

int diff_render(const json_t *difference, FILE *stream)
{
	const json_t *identities = json_object_get(difference, "identities"), *entry;
	const char *class;
	json_t *count;
	size_t i;

	print_side(difference, "a", stream);
	print_side(difference, "b", stream);
	fputs(json_array_size(identities)
			? "\nSoftware under test and host:\n"
			: "\nThe software under test and the host are the same.\n",
		stream);
	json_array_foreach(identities, i, entry) diff_render_change(entry, "    ", stream);
	diff_render_more(difference, stream);
	fputc('\n', stream);
	json_array_foreach(json_object_get(difference, "cells"), i, entry)
	{
		if (strcmp(document_text(entry, "class"), "same") != 0)
			print_cell(entry, stream);
	}
	fprintf(stream, "%zu cells:", json_array_size(json_object_get(difference, "cells")));
	json_object_foreach(json_object_get(difference, "classes"), class, count)
		fprintf(stream, " %" JSON_INTEGER_FORMAT " %s%s", json_integer_value(count), class,
			json_object_iter_next(json_object_get(difference, "classes"),
				json_object_key_to_iter(class))
				? ","
				: "");
	fputc('\n', stream);
	return ferror(stream) ? -EIO : 0;
}
