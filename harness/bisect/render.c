#include "harness/bisect/render.h"

#include <errno.h>
#include <string.h>

#include "harness/base/escape.h"
#include "harness/bisect/search.h"
#include "harness/bisect/step/signature.h"
#include "harness/compare/diff.h"
#include "harness/report/cell_text.h"
#include "src/document.h"

static bool was_found(const json_t *result)
{
	return strcmp(document_text(result, "outcome"), "found") == 0;
}

/* What one revision is called, by what is bisected. */
static const char *noun_of(const json_t *result)
{
	const char *kind = document_text(result, "kind");

	return strcmp(kind, "git") == 0        ? "commit"
	       : strcmp(kind, "packages") == 0 ? "version"
	       : strcmp(kind, "tuple") == 0    ? "tuple"
					       : "directory";
}

static void print_field(const char *label, const json_t *text, FILE *stream)
{
	fprintf(stream, "%-14s ", label);
	escape_value(stream, text);
	fputc('\n', stream);
}

static void print_guilty(const json_t *result, FILE *stream)
{
	const json_t *guilty = json_object_get(result, "guilty"), *part;
	size_t i;

	json_array_foreach(guilty, i, part)
	{
		fputs(i ? ", and " : "", stream);
		escape_text(stream, document_text(part, "part"));
		fputs(" (", stream);
		escape_text(stream, document_text(part, "good"));
		fputs(" to ", stream);
		escape_text(stream, document_text(part, "bad"));
		fputc(')', stream);
	}
	if (json_array_size(guilty) > 1)
		fputs(", together: none of them alone", stream);
	if (json_array_size(guilty) == 1)
		fputs(", alone", stream);
}

/* "X is the first bad commit", in one line. */
static void print_headline(const json_t *result, FILE *stream)
{
	const json_t *first_bad = json_object_get(result, "first_bad");
	size_t left = json_array_size(first_bad);

	if (was_found(result) && left == 1) {
		escape_text(stream, document_text(json_array_get(first_bad, 0), "point"));
		fprintf(stream, " is the first bad %s", noun_of(result));
	} else if (was_found(result)) {
		fputs("guilty: ", stream);
		print_guilty(result, stream);
	} else if (left > 0) {
		fprintf(stream, "the first bad %s is one of %zu", noun_of(result), left);
	} else if (strcmp(document_text(result, "outcome"), "ends") == 0) {
		fputs("nothing to bisect", stream);
	} else {
		fputs("stopped without a result", stream);
	}
}

static void print_first_bad(const json_t *result, FILE *stream)
{
	const json_t *one;
	size_t i;

	json_array_foreach(json_object_get(result, "first_bad"), i, one)
	{
		const json_t *about = json_object_get(one, "about");

		print_field(i ? "or" : "first bad", json_object_get(one, "point"), stream);
		if (!json_is_object(about))
			continue;
		print_field("  commit", json_object_get(about, "id"), stream);
		print_field("  author", json_object_get(about, "author"), stream);
		print_field("  date", json_object_get(about, "date"), stream);
	}
	if (json_array_size(json_object_get(result, "guilty")) > 0) {
		fprintf(stream, "%-14s ", "guilty");
		print_guilty(result, stream);
		fputc('\n', stream);
	}
}

struct counts {
	size_t decided, skipped, runs, builds, known;
};

/* Of the search, that is without the ends; runs and builds are those of all steps. */
static struct counts count(const json_t *result)
{
	struct counts counts = { 0 };
	const json_t *step;
	size_t i;

	json_array_foreach(json_object_get(result, "steps"), i, step)
	{
		const char *answer = document_text(step, "answer");
		json_int_t runs = json_integer_value(json_object_get(step, "runs"));
		bool built = json_is_true(json_object_get(step, "built"));

		counts.runs += (size_t)runs;
		counts.builds += built;
		counts.known += runs == 0 && !built;
		if (strcmp(document_text(step, "phase"), "search") != 0)
			continue;
		counts.skipped += strcmp(answer, "skip") == 0;
		counts.decided += strcmp(answer, "good") == 0 || strcmp(answer, "bad") == 0;
	}
	return counts;
}

static void print_counts(const json_t *result, FILE *stream)
{
	struct counts counts = count(result);
	size_t candidates = (size_t)json_integer_value(json_object_get(result, "candidates"));

	if (candidates > 0)
		fprintf(stream, "%-14s %zu; at most %u tests needed; %zu made, %zu skipped\n",
			"candidates", candidates, bisect_steps(candidates), counts.decided,
			counts.skipped);
	fprintf(stream, "%-14s %zu runs and %zu builds made now, %zu steps known from before\n",
		"work", counts.runs, counts.builds, counts.known);
}

static void print_about(const json_t *result, FILE *stream)
{
	const json_t *good;
	size_t i;

	print_first_bad(result, stream);
	fprintf(stream, "%-14s ", "bad is");
	if (json_array_size(json_object_get(result, "signature")) > 0)
		bisect_signature_print(json_object_get(result, "signature"), stream);
	else
		fputs("any deviation from the matrix", stream);
	fputc('\n', stream);
	json_array_foreach(json_object_get(result, "good"), i, good)
		print_field("good end", good, stream);
	print_field("bad end", json_object_get(result, "bad"), stream);
	print_field("matrix", json_object_get(json_object_get(result, "matrix"), "name"), stream);
	if (json_is_object(json_object_get(result, "identities"))) {
		fprintf(stream, "%-14s ", "tested with");
		render_place(result, stream);
		fputc('\n', stream);
	}
}

static void print_steps(const json_t *result, FILE *stream)
{
	const json_t *step;
	size_t i;

	json_array_foreach(json_object_get(result, "steps"), i, step)
	{
		fprintf(stream, "%4zu  %-4s  ", i + 1, document_text(step, "answer"));
		escape_text(stream, document_text(step, "point"));
		fputs("\n            ", stream);
		escape_text(stream, document_text(step, "why"));
		fputc('\n', stream);
	}
}

/* The last good and the first bad run side by side: the fields that differ. */
static void print_changes(const json_t *result, FILE *stream)
{
	const json_t *difference = json_object_get(result, "difference"), *cell, *change;
	size_t i, j;

	json_array_foreach(json_object_get(difference, "cells"), i, cell)
	{
		escape_text(stream, document_text(cell, "name"));
		fprintf(stream, ": %s in the last good, %s in the first bad\n",
			document_text(cell, "a"), document_text(cell, "b"));
		if (document_text(cell, "cause")[0]) {
			fputs("  ", stream);
			escape_text(stream, document_text(cell, "cause"));
			fputc('\n', stream);
		}
		json_array_foreach(json_object_get(cell, "changes"), j, change)
			diff_render_change(change, "  ", stream);
	}
}

static int render_text_form(const json_t *result, FILE *stream)
{
	print_headline(result, stream);
	fputs("\n\n", stream);
	if (document_text(result, "why")[0]) {
		escape_text(stream, document_text(result, "why"));
		fputs("\n\n", stream);
	}
	print_about(result, stream);
	print_counts(result, stream);
	fputs("\nSteps:\n", stream);
	print_steps(result, stream);
	if (json_is_object(json_object_get(result, "difference"))) {
		fputs("\nThe last good (a) and the first bad (b):\n", stream);
		diff_render(json_object_get(result, "difference"), stream);
	}
	return ferror(stream) ? -EIO : 0;
}

static int render_mail(const json_t *result, FILE *stream)
{
	fputs("Subject: [igd-harness bisect] ", stream);
	print_headline(result, stream);
	fputs("\n\n", stream);
	print_headline(result, stream);
	fputs(".\n\n", stream);
	if (document_text(result, "why")[0]) {
		escape_text(stream, document_text(result, "why"));
		fputs("\n\n", stream);
	}
	print_about(result, stream);
	if (json_is_object(json_object_get(result, "difference"))) {
		fputs("\nDifferences between ", stream);
		escape_text(stream, document_text(result, "last_good"));
		fputs(" and the first bad one:\n\n", stream);
		print_changes(result, stream);
	}
	fputs("\nSteps:\n\n", stream);
	print_steps(result, stream);
	fprintf(stream, "\n-- \nigd-harness %s\n", document_text(result, "harness"));
	return ferror(stream) ? -EIO : 0;
}

static int render_json_form(const json_t *result, FILE *stream)
{
	if (json_dumpf(result, stream, JSON_INDENT(1) | JSON_ENSURE_ASCII) < 0 ||
		fputc('\n', stream) == EOF)
		return -EIO;
	return 0;
}

const struct bisect_renderer bisect_renderers[] = {
	{ "text", "found.txt", render_text_form },
	{ "mail", "mail.txt", render_mail },
	{ "json", "found.json", render_json_form },
	{ NULL, NULL, NULL },
};

const char *bisect_renderer_name(size_t i)
{
	return i < sizeof(bisect_renderers) / sizeof(bisect_renderers[0]) ? bisect_renderers[i].name
									  : NULL;
}

const struct bisect_renderer *bisect_renderer_find(const char *name)
{
	for (const struct bisect_renderer *one = bisect_renderers; one->name; one++) {
		if (strcmp(one->name, name) == 0)
			return one;
	}
	return NULL;
}
