#include <string.h>

#include "harness/qualify/private.h"
#include "harness/report/coverage.h"
#include "harness/report/summary.h"
#include "src/document.h"
#include "src/verdict.h"

/* What is counted over all runs. */
struct totals {
	size_t cells, unrun, of[VERDICT_COUNT], guests; /* guests: cells with the GPU in it */
	enum verdict worst;
};

static size_t counted(const json_t *run, enum verdict verdict)
{
	const json_t *counts = json_object_get(json_object_get(run, "findings"), "counts");

	return (size_t)json_integer_value(json_object_get(counts, verdict_name(verdict)));
}

static struct totals total_of(const struct qualify *qualify)
{
	struct totals totals = { 0 };
	const json_t *run;
	size_t i;

	json_array_foreach(qualify->sources->runs, i, run)
	{
		const json_t *findings = json_object_get(run, "findings");
		enum verdict verdict = VERDICT_MISS;

		verdict_parse(document_text(findings, "verdict"), &verdict);
		totals.worst = verdict_worst(totals.worst, verdict);
		totals.cells += json_array_size(json_object_get(findings, "cells"));
		totals.unrun += json_array_size(json_object_get(run, "unrun"));
		totals.unrun += (size_t)json_integer_value(
			json_object_get(json_object_get(findings, "shard"), "elsewhere"));
		for (int v = 0; v < VERDICT_COUNT; v++)
			totals.of[v] += counted(run, (enum verdict)v);
	}
	totals.guests = coverage_cells(json_object_get(qualify->document, "coverage"));
	return totals;
}

/* The names of the runs that have cells of that verdict, or of the other. */
static json_t *runs_with(const struct qualify *qualify, enum verdict one, enum verdict other)
{
	json_t *names = json_array();
	const json_t *run;
	size_t i;

	json_array_foreach(qualify->sources->runs, i, run)
	{
		if (counted(run, one) + counted(run, other) > 0)
			json_array_append_new(names, qualify_name(run));
	}
	return names;
}

/* Those whose matrix has cells that they have not. */
static json_t *runs_in_part(const struct qualify *qualify)
{
	json_t *names = json_array();
	const json_t *run;
	size_t i;

	json_array_foreach(qualify->sources->runs, i, run)
	{
		const json_t *shard = json_object_get(json_object_get(run, "findings"), "shard");

		if (json_array_size(json_object_get(run, "unrun")) > 0 ||
			json_integer_value(json_object_get(shard, "elsewhere")) > 0)
			json_array_append_new(names, qualify_name(run));
	}
	return names;
}

/* Of each verdict how many cells, the worst first. */
static void add_reason_counts(
	const struct qualify *qualify, const struct totals *totals, json_t *reasons)
{
	static const struct {
		enum verdict verdict, also;
		const char *one, *many;
	} words[] = {
		{ VERDICT_FAIL, VERDICT_FAIL, "is not as expected (FAIL)",
			"are not as expected (FAIL)" },
		{ VERDICT_FLAKY, VERDICT_FLAKY, "is not the same each time (FLAKY)",
			"are not the same each time (FLAKY)" },
		{ VERDICT_ERROR, VERDICT_MISS, "has no answer (ERROR or MISS)",
			"have no answer (ERROR or MISS)" },
		{ VERDICT_SKIP, VERDICT_SKIP, "was skipped: a requirement was not met",
			"were skipped: a requirement was not met" },
		{ VERDICT_XFAIL, VERDICT_XFAIL, "has its known deviation (XFAIL)",
			"have their known deviations (XFAIL)" },
		{ VERDICT_PASS, VERDICT_PASS, "is as expected (PASS)", "are as expected (PASS)" },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t n = totals->of[words[i].verdict];

		if (words[i].also != words[i].verdict)
			n += totals->of[words[i].also];
		if (n > 0)
			qualify_add_reason(reasons,
				json_sprintf("%zu of %zu cells %s.", n, totals->cells,
					n == 1 ? words[i].one : words[i].many),
				runs_with(qualify, words[i].verdict, words[i].also));
	}
}

void qualify_decide(const struct qualify *qualify)
{
	json_t *document = qualify->document, *reasons = json_object_get(document, "grounds");
	struct totals totals = total_of(qualify);
	bool hardware, nothing, bad_hosts, bad_abis, mixed;
	const char *decision = "qualified";

	nothing = qualify_add_reason_place(qualify);
	hardware = json_is_true(json_object_get(document, "hardware"));
	if (!hardware)
		qualify_add_reason(reasons,
			json_string(nothing ? "Nothing here was measured on Intel hardware."
					    : "Not all of it was measured on Intel hardware."),
			json_array());
	add_reason_counts(qualify, &totals, reasons);
	if (totals.unrun > 0)
		qualify_add_reason(reasons,
			json_sprintf("%zu more %s not run.", totals.unrun,
				summary_plural(totals.unrun, "cell of a matrix was",
					"cells of the matrices were")),
			runs_in_part(qualify));
	if (totals.guests == 0)
		qualify_add_reason(reasons, json_string("No cell showed an Intel GPU in a guest."),
			json_array());
	qualify_add_reason_regressions(qualify, reasons);
	bad_abis = qualify_add_reason_abis(qualify, reasons);
	bad_hosts = qualify_add_reason_hosts(qualify, reasons);
	mixed = qualify_add_reason_mixed(qualify, reasons);
	qualify_add_reason_guests(qualify, reasons);
	qualify_add_reason_missing(qualify, reasons);
	if (totals.of[VERDICT_XFAIL] > 0)
		decision = "qualified with known deviations";
	if (!hardware || totals.of[VERDICT_ERROR] + totals.of[VERDICT_MISS] + totals.unrun > 0 ||
		totals.guests == 0 || bad_hosts || mixed)
		decision = "undecided";
	if (totals.of[VERDICT_FAIL] + totals.of[VERDICT_FLAKY] > 0 || bad_abis)
		decision = "not qualified";
	json_object_set_new(document, "decision", json_string(decision));
	json_object_set_new(document, "verdict", json_string(verdict_name(totals.worst)));
}
