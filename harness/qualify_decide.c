#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "harness/coverage.h"
#include "harness/qualify_private.h"
#include "harness/summary.h"
#include "src/document.h"
#include "src/verdict.h"

/* A sentence and what it is of; `of` is stolen. One that is said already gets more to be of. */
static void say(json_t *grounds, json_t *text, json_t *of)
{
	json_t *ground;
	size_t i;

	json_array_foreach(grounds, i, ground)
	{
		if (!json_equal(json_object_get(ground, "text"), text))
			continue;
		json_array_extend(json_object_get(ground, "of"), of);
		json_decref(of);
		json_decref(text);
		return;
	}
	json_array_append_new(grounds, json_pack("{s:o, s:o}", "text", text, "of", of));
}

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

static void add_once(json_t *words, const char *word)
{
	const json_t *one;
	size_t i;

	json_array_foreach(words, i, one)
	{
		if (strcmp(json_string_value(one), word) == 0)
			return;
	}
	json_array_append_new(words, json_string(word));
}

/* In a word or two each, what stood for a host with an IGD. */
static void add_instead(const json_t *identities, json_t *instead)
{
	const json_t *host = json_object_get(identities, "host"), *shard;
	size_t i;

	json_array_foreach(json_object_get(identities, "shards"), i, shard)
		add_instead(shard, instead);
	if (json_object_get(identities, "replay_of"))
		add_once(instead, "replay");
	if (strcmp(document_text(identities, "acts_as"), "qemu") == 0)
		add_once(instead, "emulated guests without Xen");
	else if (json_is_object(host) && strcmp(document_text(host, "place"), "hardware") != 0)
		add_once(instead, "virtual lab");
	if (json_object_get(host, "phantom"))
		add_once(instead, "phantom IGD");
}

/* Where it was measured. Returns whether nothing was on hardware. */
static bool decide_place(const struct qualify *qualify)
{
	json_t *place = json_object_get(qualify->document, "place"), *sentence;
	json_t *instead = json_object_get(qualify->document, "instead");
	const json_t *run;
	bool hardware = true, nothing = true;
	size_t i, j;

	json_array_foreach(qualify->sources->runs, i, run)
	{
		const json_t *summary = json_array_get(qualify->summaries, i);

		if (json_is_true(json_object_get(summary, "hardware"))) {
			nothing = false;
			continue;
		}
		hardware = false;
		add_instead(
			json_object_get(json_object_get(run, "findings"), "identities"), instead);
		json_array_foreach(json_object_get(summary, "place"), j, sentence)
			say(place, json_incref(sentence), json_pack("[o]", qualify_name(run)));
	}
	json_object_set_new(qualify->document, "hardware", json_boolean(hardware));
	return nothing;
}

/* How many cells of a step held before, or failed otherwise, and do not hold now. */
static size_t lost_in(const json_t *step)
{
	static const char *const classes[] = { "regression", "other failure", "known",
		QUALIFY_OTHERWISE };
	const json_t *cell;
	size_t i, lost = 0;

	json_array_foreach(json_object_get(step, "cells"), i, cell)
	{
		for (size_t c = 0; c < sizeof(classes) / sizeof(classes[0]); c++) {
			if (document_text(cell, "from")[0] &&
				strcmp(document_text(cell, "class"), classes[c]) == 0)
				lost++;
		}
	}
	return lost;
}

static void say_regressions(const struct qualify *qualify, json_t *grounds)
{
	json_t *of = json_array();
	const json_t *matrix, *step;
	size_t i, j, count = 0;

	json_array_foreach(json_object_get(qualify->document, "matrices"), i, matrix)
	{
		json_array_foreach(json_object_get(matrix, "steps"), j, step)
		{
			size_t lost = lost_in(step);

			count += lost;
			if (lost > 0)
				json_array_append_new(
					of, json_sprintf("%s in %s", document_text(matrix, "name"),
						    document_text(step, "to")));
		}
	}
	if (count > 0)
		say(grounds,
			json_sprintf("%zu %s in a release before.", count,
				summary_plural(count, "cell does not hold as it did",
					"cells do not hold as they did")),
			json_incref(of));
	json_decref(of);
}

static void say_other_guests(const struct qualify *qualify, json_t *grounds)
{
	const json_t *run;
	size_t i;

	json_array_foreach(qualify->sources->runs, i, run)
	{
		const char *guest = summary_other_guest(json_object_get(run, "findings"));

		if (guest)
			say(grounds,
				json_sprintf(
					"The guests were %s, in place of the matrix's own.", guest),
				json_pack("[o]", qualify_name(run)));
	}
}

/* A matrix that not every release has a run of. */
static void say_missing_runs(const struct qualify *qualify, json_t *grounds)
{
	const json_t *releases = json_object_get(qualify->document, "releases"), *release, *run;
	const json_t *matrix;
	size_t i, j, k;

	json_array_foreach(json_object_get(qualify->document, "matrices"), i, matrix)
	{
		json_array_foreach(releases, j, release)
		{
			bool found = false;

			json_array_foreach(json_object_get(matrix, "runs"), k, run) found =
				found || strcmp(document_text(run, "release"),
						 document_text(release, "name")) == 0;
			if (!found)
				say(grounds,
					json_sprintf("There is no run of the matrix %s.",
						document_text(matrix, "name")),
					json_pack("[s]", document_text(release, "name")));
		}
	}
}

/* Whether runs that stand for one release were of the same Xen, libxl and QEMU. */
static bool say_mixed(const struct qualify *qualify, json_t *grounds)
{
	const json_t *run;
	bool mixed = false;
	size_t i;

	json_array_foreach(qualify->sources->runs, i, run)
	{
		const json_t *identities =
			json_object_get(json_object_get(run, "findings"), "identities");
		const json_t *release = qualify_find_release(qualify, qualify_release(run));

		if (json_equal(json_object_get(release, "versions"),
			    json_object_get(identities, "versions")) &&
			json_equal(
				json_object_get(json_object_get(release, "device_model"), "sha256"),
				json_object_get(
					json_object_get(identities, "device_model"), "sha256")))
			continue;
		mixed = true;
		say(grounds,
			json_string(
				"It was not of the same Xen, libxl and QEMU as the first run of "
				"its release."),
			json_pack("[o]", qualify_name(run)));
	}
	return mixed;
}

/* Hosts that fail, or are others than the runs were on. */
static bool say_hosts(const struct qualify *qualify, json_t *grounds)
{
	const json_t *host;
	bool bad = false;
	size_t i;

	json_array_foreach(json_object_get(qualify->document, "preflight"), i, host)
	{
		if (strcmp(document_text(host, "verdict"), "FAIL") == 0) {
			bad = true;
			say(grounds, json_string("The host fails the preflight."),
				json_pack("[s]", document_text(host, "release")));
		}
		if (!json_is_true(json_object_get(host, "is_of_runs"))) {
			bad = true;
			say(grounds, json_string("The preflight saw other versions than the runs."),
				json_pack("[s]", document_text(host, "release")));
		}
	}
	return bad;
}

/* A QEMU that was built for another Xen. */
static bool say_abis(const struct qualify *qualify, json_t *grounds)
{
	const json_t *abi;
	bool bad = false;
	size_t i;

	json_array_foreach(json_object_get(qualify->document, "abi"), i, abi)
	{
		if (json_array_size(json_object_get(abi, "faults")) == 0)
			continue;
		bad = true;
		say(grounds, json_string("QEMU is built for another Xen (ABI)."),
			json_pack("[s]", document_text(abi, "release")));
	}
	return bad;
}

/* Of each verdict how many cells, the worst first. */
static void say_counts(const struct qualify *qualify, const struct totals *totals, json_t *grounds)
{
	static const struct {
		enum verdict verdict, also;
		const char *one, *many;
	} words[] = {
		{ VERDICT_FAIL, VERDICT_FAIL, "is not as expected (FAIL)",
			"are not as expected (FAIL)" },
		{ VERDICT_ERROR, VERDICT_MISS, "has no answer (ERROR or MISS)",
			"have no answer (ERROR or MISS)" },
		{ VERDICT_SKIP, VERDICT_SKIP, "was skipped: a requirement was not met",
			"were skipped: a requirement was not met" },
		{ VERDICT_XFAIL, VERDICT_XFAIL, "deviates from what should be, as is known (XFAIL)",
			"deviate from what should be, as is known (XFAIL)" },
		{ VERDICT_PASS, VERDICT_PASS, "is as expected (PASS)", "are as expected (PASS)" },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t n = totals->of[words[i].verdict];

		if (words[i].also != words[i].verdict)
			n += totals->of[words[i].also];
		if (n > 0)
			say(grounds,
				json_sprintf("%zu of %zu cells %s.", n, totals->cells,
					n == 1 ? words[i].one : words[i].many),
				runs_with(qualify, words[i].verdict, words[i].also));
	}
}

void qualify_decide(const struct qualify *qualify)
{
	json_t *document = qualify->document, *grounds = json_object_get(document, "grounds");
	struct totals totals = total_of(qualify);
	bool hardware, nothing, bad_hosts, bad_abis, mixed;
	const char *decision = "qualified";

	nothing = decide_place(qualify);
	hardware = json_is_true(json_object_get(document, "hardware"));
	if (!hardware)
		say(grounds,
			json_string(nothing ? "Nothing here was measured on Intel hardware."
					    : "Not all of it was measured on Intel hardware."),
			json_array());
	say_counts(qualify, &totals, grounds);
	if (totals.unrun > 0)
		say(grounds,
			json_sprintf("%zu more %s not run.", totals.unrun,
				summary_plural(totals.unrun, "cell of a matrix was",
					"cells of the matrices were")),
			runs_in_part(qualify));
	if (totals.guests == 0)
		say(grounds, json_string("No cell showed an Intel GPU in a guest."), json_array());
	say_regressions(qualify, grounds);
	bad_abis = say_abis(qualify, grounds);
	bad_hosts = say_hosts(qualify, grounds);
	mixed = say_mixed(qualify, grounds);
	say_other_guests(qualify, grounds);
	say_missing_runs(qualify, grounds);
	if (totals.of[VERDICT_XFAIL] > 0)
		decision = "qualified with known deviations";
	if (!hardware || totals.of[VERDICT_ERROR] + totals.of[VERDICT_MISS] + totals.unrun > 0 ||
		totals.guests == 0 || bad_hosts || mixed)
		decision = "undecided";
	if (totals.of[VERDICT_FAIL] > 0 || bad_abis)
		decision = "not qualified";
	json_object_set_new(document, "decision", json_string(decision));
	json_object_set_new(document, "verdict", json_string(verdict_name(totals.worst)));
}
