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

static bool is_unanswered(const char *verdict)
{
	return strcmp(verdict, "SKIP") == 0 || strcmp(verdict, "ERROR") == 0 ||
	       strcmp(verdict, "MISS") == 0;
}

static void group_unanswered(const json_t *cell, json_t *groups, json_t *places)
{
	const char *verdict = document_text(cell, "verdict");
	char *key;

	if (!is_unanswered(verdict) ||
		asprintf(&key, "%s\n%s", verdict, document_text(cell, "cause")) < 0)
		return;
	add_to_group(groups, places, key,
		json_pack("{s:s, s:s, s:O?}", "verdict", verdict, "cause",
			document_text(cell, "cause"), "layer", json_object_get(cell, "layer")),
		cell);
	free(key);
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

/* `findings` without the cells, of which there are `total`. */
static void decide(const json_t *findings, const json_t *counts, size_t total, json_t *summary)
{
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

struct summary_draft {
	const json_t *head;
	json_t *summary;
	json_t *places; /* by the key of a list of groups, of each of its groups the index */
	size_t cells;
};

/* The lists of groups that are of findings, and of which verdict. */
static const struct {
	const char *key, *verdict;
} known_groups[] = { { "known", "XFAIL" }, { "gone", "PASS" }, { "expired", "FAIL" } };

struct summary_draft *summary_begin(const json_t *head)
{
	struct summary_draft *draft = malloc(sizeof(*draft));

	if (!draft)
		return NULL;
	*draft = (struct summary_draft){ head,
		json_pack("{s:o, s:o, s:[], s:[], s:[], s:[]}", "measured_on", measured_on_of(head),
			"coverage", coverage_begin(json_object_get(head, "identities")), "known",
			"gone", "expired", "unanswered"),
		json_pack("{s:{}, s:{}, s:{}, s:{}}", "known", "gone", "expired", "unanswered"),
		0 };
	return draft;
}

void summary_cell(struct summary_draft *draft, const json_t *cell)
{
	for (size_t i = 0; i < sizeof(known_groups) / sizeof(known_groups[0]); i++)
		group_known(cell, known_groups[i].verdict,
			json_object_get(draft->summary, known_groups[i].key),
			json_object_get(draft->places, known_groups[i].key));
	group_unanswered(cell, json_object_get(draft->summary, "unanswered"),
		json_object_get(draft->places, "unanswered"));
	coverage_cell(json_object_get(draft->summary, "coverage"), cell);
	draft->cells++;
}

json_t *summary_end(struct summary_draft *draft, const json_t *totals)
{
	if (!draft->summary)
		return NULL;
	coverage_end(json_object_get(draft->summary, "coverage"));
	decide(draft->head, json_object_get(totals, "counts"), draft->cells, draft->summary);
	return json_incref(draft->summary);
}

void summary_free(struct summary_draft *draft)
{
	if (!draft)
		return;
	json_decref(draft->summary);
	json_decref(draft->places);
	free(draft);
}

json_t *summary_of(const json_t *findings)
{
	struct summary_draft *draft = summary_begin(findings);
	const json_t *cell;
	json_t *summary;
	size_t i;

	if (!draft)
		return NULL;
	json_array_foreach(json_object_get(findings, "cells"), i, cell) summary_cell(draft, cell);
	summary = summary_end(draft, findings);
	summary_free(draft);
	return summary;
}
