#include "harness/report/summary.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/measured_on.h"
#include "harness/report/coverage.h"
#include "src/document.h"
#include "src/field.h"
#include "src/verdict.h"

const char *summary_plural(size_t count, const char *one, const char *many)
{
	return count == 1 ? one : many;
}

/* Appends to a list of sentences. */
static void say(json_t *list, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void say(json_t *list, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	json_array_append_new(list, json_vsprintf(format, arguments));
	va_end(arguments);
}

static size_t counted(const json_t *counts, enum verdict verdict)
{
	return (size_t)json_integer_value(json_object_get(counts, verdict_name(verdict)));
}

/* Adds the cell to the group of that key, which is made of `group` (stolen) if it is the first. */
static void add_to_group(
	json_t *groups, json_t *places, const char *key, json_t *group, const json_t *cell)
{
	const json_t *place = json_object_get(places, key);

	if (!place) {
		json_object_set_new(group, "cells", json_array());
		json_object_set_new(places, key, json_integer((json_int_t)json_array_size(groups)));
		json_array_append(groups, group);
		place = json_object_get(places, key);
	}
	json_decref(group);
	group = json_array_get(groups, (size_t)json_integer_value(place));
	json_array_append(json_object_get(group, "cells"), json_object_get(cell, "index"));
}

/* "2027-06-30", or "qemu >=11.0"; NULL if nothing is said. */
static json_t *until_text(const json_t *known)
{
	const json_t *until = json_object_get(known, "until");
	const char *name;
	json_t *range;

	if (document_text(until, "date")[0])
		return json_incref(json_object_get(until, "date"));
	json_object_foreach((json_t *)until, name, range) return json_sprintf(
		"%s %s", name, json_string_value(range));
	return json_null();
}

/*
 * The findings of the cell that are of that verdict and have to do with a known deviation: XFAIL is
 * one that was seen, PASS one that is gone, FAIL one that was to be gone by now.
 */
static void group_known(const json_t *cell, const char *verdict, json_t *groups, json_t *places)
{
	const json_t *finding;
	size_t i;

	json_array_foreach(json_object_get(cell, "findings"), i, finding)
	{
		const json_t *known = json_object_get(finding, "known");
		const char *why = document_text(known ? known : finding, known ? "why" : "note");
		const json_t *source = json_object_get(known, "link");
		char *key;

		/* Findings of older versions have no "known", only a note. */
		if (strcmp(document_text(finding, "verdict"), verdict) != 0 ||
			(strcmp(verdict, "FAIL") == 0 ? !known : !why[0]))
			continue;
		if (asprintf(&key, "%s\n%s\n%s", document_text(finding, "id"),
			    document_text(known, "id"), why) < 0)
			return;
		add_to_group(groups, places, key,
			json_pack("{s:O?, s:O?, s:O?, s:O?, s:O?, s:s, s:O?, s:o}", "id",
				json_object_get(finding, "id"), "known",
				json_object_get(known, "id"), "field",
				json_object_get(finding, "field"), "expected",
				json_object_get(finding, "expected"), "seen",
				json_object_get(finding, "seen"), "why", why, "source",
				source ? source : json_object_get(finding, "source"), "until",
				until_text(known)),
			cell);
		free(key);
	}
}

static json_t *known(const json_t *cells, const char *verdict)
{
	json_t *groups = json_array(), *places = json_object();
	const json_t *cell;
	size_t i;

	json_array_foreach(cells, i, cell) group_known(cell, verdict, groups, places);
	json_decref(places);
	return groups;
}

static bool is_unanswered(const char *verdict)
{
	return strcmp(verdict, "SKIP") == 0 || strcmp(verdict, "ERROR") == 0 ||
	       strcmp(verdict, "MISS") == 0;
}

static json_t *unanswered(const json_t *cells)
{
	json_t *groups = json_array(), *places = json_object();
	const json_t *cell;
	size_t i;

	json_array_foreach(cells, i, cell)
	{
		const char *verdict = document_text(cell, "verdict");
		char *key;

		if (!is_unanswered(verdict) ||
			asprintf(&key, "%s\n%s", verdict, document_text(cell, "cause")) < 0)
			continue;
		add_to_group(groups, places, key,
			json_pack("{s:s, s:s, s:O?}", "verdict", verdict, "cause",
				document_text(cell, "cause"), "layer",
				json_object_get(cell, "layer")),
			cell);
		free(key);
	}
	json_decref(places);
	return groups;
}

const char *summary_other_guest(const json_t *findings)
{
	const char *name;
	json_t *guest;

	json_object_foreach(
		json_object_get(json_object_get(findings, "identities"), "guests"), name, guest)
	{
		if (json_object_get(guest, "in_place_of"))
			return name;
	}
	return NULL;
}

static void decide(const json_t *findings, json_t *summary)
{
	const json_t *counts = json_object_get(findings, "counts");
	size_t total = json_array_size(json_object_get(findings, "cells"));
	size_t fail = counted(counts, VERDICT_FAIL), xfail = counted(counts, VERDICT_XFAIL);
	size_t flaky = counted(counts, VERDICT_FLAKY);
	size_t none = counted(counts, VERDICT_ERROR) + counted(counts, VERDICT_MISS);
	size_t skipped = counted(counts, VERDICT_SKIP);
	size_t with = coverage_cells(json_object_get(summary, "coverage"));
	size_t elsewhere = (size_t)json_integer_value(
		json_object_get(json_object_get(findings, "shard"), "elsewhere"));
	bool hardware = measured_on_is_hardware(json_object_get(summary, "measured_on"));
	json_t *grounds = json_array();
	const char *decision = "qualified";

	if (fail > 0)
		say(grounds, "%zu of %zu %s not as expected (FAIL).", fail, total,
			summary_plural(fail, "cells is", "cells are"));
	if (flaky > 0)
		say(grounds, "%zu of %zu %s not the same each time (FLAKY).", flaky, total,
			summary_plural(flaky, "cells is", "cells are"));
	if (!hardware)
		say(grounds, "Nothing here was measured on Intel hardware.");
	if (none > 0)
		say(grounds, "%zu of %zu %s no answer (ERROR or MISS).", none, total,
			summary_plural(none, "cells has", "cells have"));
	if (elsewhere > 0)
		say(grounds, "%zu more %s of the matrix %s other shards.", elsewhere,
			summary_plural(elsewhere, "cell", "cells"),
			summary_plural(elsewhere, "belongs to", "belong to"));
	if (with == 0)
		say(grounds, "No cell showed an Intel GPU in a guest.");
	if (skipped > 0)
		say(grounds, "%zu of %zu %s skipped: a requirement was not met.", skipped, total,
			summary_plural(skipped, "cells was", "cells were"));
	if (xfail > 0)
		say(grounds, "%zu of %zu %s (XFAIL).", xfail, total,
			summary_plural(xfail, "cells has its known deviation",
				"cells have their known deviations"));
	if (summary_other_guest(findings))
		say(grounds, "The guests were %s, in place of the matrix's own.",
			summary_other_guest(findings));
	say(grounds, "%zu of %zu %s as expected (PASS).", counted(counts, VERDICT_PASS), total,
		summary_plural(counted(counts, VERDICT_PASS), "cells is", "cells are"));
	if (xfail > 0)
		decision = "qualified with known deviations";
	if (!hardware || none > 0 || elsewhere > 0 || with == 0)
		decision = "undecided";
	if (fail + flaky > 0)
		decision = "not qualified";
	json_object_set_new(summary, "decision", json_string(decision));
	json_object_set_new(summary, "grounds", grounds);
}

json_t *summary_of(const json_t *findings)
{
	const json_t *cells = json_object_get(findings, "cells");
	json_t *summary = json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "measured_on",
		measured_on_of(findings), "coverage", coverage_of(findings), "known",
		known(cells, "XFAIL"), "gone", known(cells, "PASS"), "expired",
		known(cells, "FAIL"), "unanswered", unanswered(cells));

	if (summary)
		decide(findings, summary);
	return summary;
}
