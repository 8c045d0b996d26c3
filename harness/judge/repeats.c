#include "harness/judge/repeats.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "src/document.h"
#include "src/verdict.h"

#define COUNTS_MAX 128 /* bytes of a text such as "2 of 5 FAIL, 3 PASS" with every verdict */

static enum verdict verdict_of(const json_t *judged)
{
	enum verdict verdict = VERDICT_ERROR;

	verdict_parse(document_text(judged, "verdict"), &verdict);
	return verdict;
}

static bool is_answer(enum verdict verdict)
{
	return verdict == VERDICT_PASS || verdict == VERDICT_DONE || verdict == VERDICT_XFAIL ||
	       verdict == VERDICT_FAIL;
}

/* Is all that deviates in a cell that is XFAIL known not to be so each time? */
static bool is_known_to_be_flaky(const json_t *judged)
{
	const json_t *finding;
	bool any = false;
	size_t i;

	json_array_foreach(json_object_get(judged, "findings"), i, finding)
	{
		if (verdict_of(finding) != VERDICT_XFAIL)
			continue;
		if (!json_is_true(json_object_get(json_object_get(finding, "known"), "flaky")))
			return false;
		any = true;
	}
	return any;
}

/* The verdict of all, and whether the worst answer decides it, not the worst of all. */
static enum verdict decide(const json_t *judged, bool *by_answer_r)
{
	size_t counts[VERDICT_COUNT] = { 0 }, kinds = 0, i;
	enum verdict worst = VERDICT_PASS;
	bool known = true;
	const json_t *repeat;

	json_array_foreach(judged, i, repeat)
	{
		enum verdict verdict = verdict_of(repeat);

		kinds += is_answer(verdict) && counts[verdict] == 0;
		counts[verdict]++;
		worst = verdict_worst(worst, verdict);
		if (verdict == VERDICT_XFAIL && !is_known_to_be_flaky(repeat))
			known = false;
	}
	*by_answer_r = kinds > 1 && (counts[VERDICT_FAIL] > 0 || !known);
	return *by_answer_r ? VERDICT_FLAKY : worst;
}

/* The first of the worst; of answers only, if they decide. */
static json_t *shown(const json_t *judged, bool of_answers)
{
	json_t *worst = NULL, *repeat;
	size_t i;

	json_array_foreach(judged, i, repeat)
	{
		if (of_answers && !is_answer(verdict_of(repeat)))
			continue;
		if (!worst || verdict_of(repeat) > verdict_of(worst))
			worst = repeat;
	}
	return worst;
}

/* "2 of 5 FAIL, 3 PASS", the worst first. Returns how many verdicts there are. */
static size_t count_text(const json_t *judged, char text[static COUNTS_MAX])
{
	size_t counts[VERDICT_COUNT] = { 0 }, total = json_array_size(judged), used = 0, kinds = 0;
	const json_t *repeat;
	size_t i;

	json_array_foreach(judged, i, repeat) counts[verdict_of(repeat)]++;
	text[0] = '\0';
	for (int v = VERDICT_COUNT - 1; v >= 0; v--) {
		if (counts[v] == 0 || used >= COUNTS_MAX)
			continue;
		if (kinds++ == 0)
			used += (size_t)snprintf(text + used, COUNTS_MAX - used, "%zu of %zu %s",
				counts[v], total, verdict_name((enum verdict)v));
		else
			used += (size_t)snprintf(text + used, COUNTS_MAX - used, ", %zu %s",
				counts[v], verdict_name((enum verdict)v));
	}
	return kinds;
}

static json_t *cause_of(const json_t *judged, const json_t *worst)
{
	const char *cause = document_text(worst, "cause");
	char counts[COUNTS_MAX];

	if (count_text(judged, counts) == 1)
		return json_string(cause);
	return json_sprintf("%s%s%s", counts, cause[0] ? ": " : "", cause);
}

/* What is kept of each: how it went and where it is; the evidence is in its folder. */
static json_t *summary_of(const json_t *judged)
{
	json_t *all = json_array(), *repeat;
	size_t i;

	json_array_foreach(judged, i, repeat)
		json_array_append_new(all, json_pack("{s:O?, s:O?, s:O?, s:O?, s:O*}", "record",
						   json_object_get(repeat, "record"), "verdict",
						   json_object_get(repeat, "verdict"), "ending",
						   json_object_get(repeat, "ending"), "cause",
						   json_object_get(repeat, "cause"), "times_ms",
						   json_object_get(repeat, "times_ms")));
	return all;
}

json_t *judge_repeats(const json_t *judged)
{
	json_t *first = json_array_get(judged, 0), *cell;
	bool by_answer = false;
	enum verdict verdict;

	if (json_array_size(judged) == 1 && !json_object_get(first, "record"))
		return json_incref(first);
	verdict = decide(judged, &by_answer);
	first = shown(judged, by_answer);
	cell = json_copy(first);
	json_object_set_new(cell, "verdict", json_string(verdict_name(verdict)));
	json_object_set_new(cell, "cause", cause_of(judged, first));
	json_object_set_new(cell, "repeats", summary_of(judged));
	return cell;
}
