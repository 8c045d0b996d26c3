/*
 * What is worth knowing of many runs.
 *
 * The runs of a group are divided into classes: those with the same identities, in the order in
 * which each class began. In a class nothing changed that is recorded: a cell that was as expected,
 * deviated and was as expected again is flaky. Between two classes the identities that differ go
 * with a change.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/history/private.h"
#include "src/document.h"

/* Of our choice: a flaky cell that deviates each time by chance, less often than this, has changed.
 */
#define BY_CHANCE 0.001

/* So many runs without an answer, one after the other, are no accident of the host. */
#define UNANSWERED_RUNS 5

enum state { STATE_NONE, STATE_GOOD, STATE_BAD, STATE_FLAKY, STATE_BROKE, STATE_MENDED };

/* A cell in a class. */
struct stretch {
	size_t good, bad, turns; /* turns: how often an answer was not that of the run before */
	size_t first, last;      /* runs of the group, of its answers */
	size_t turn;             /* the run of the last turn */
	bool said_flaky;         /* by repeats */
};

struct analysis {
	const struct history *history;
	const struct history_group *group;
	size_t *class_of; /* of each run of the group */
	size_t classes;
	json_t *found; /* {KEY: entry of "notable"}, over all groups */
};

static int divide(struct analysis *analysis)
{
	const struct history_group *group = analysis->group;
	size_t *firsts = calloc(group->count + 1, sizeof(*firsts));

	analysis->class_of = calloc(group->count + 1, sizeof(*analysis->class_of));
	analysis->classes = 0;
	for (size_t i = 0; i < group->count && firsts && analysis->class_of; i++) {
		const struct history_run *run = &analysis->history->runs[group->runs[i]];
		/* The newest first: most nights are as the one before. */
		size_t c = analysis->classes;

		while (c > 0 &&
			!history_same(&analysis->history->runs[group->runs[firsts[c - 1]]], run))
			c--;
		if (c == 0) {
			firsts[analysis->classes] = i;
			c = ++analysis->classes;
		}
		analysis->class_of[i] = c - 1;
	}
	free(firsts);
	return analysis->class_of ? 0 : -ENOMEM;
}

static uint8_t verdict_at(const struct analysis *analysis, size_t cell, size_t run)
{
	return analysis->group->verdicts[cell * analysis->group->count + run];
}

static void look(const struct analysis *analysis, size_t cell, struct stretch *stretches)
{
	memset(stretches, 0, analysis->classes * sizeof(*stretches));
	for (size_t i = 0; i < analysis->group->count; i++) {
		uint8_t verdict = verdict_at(analysis, cell, i);
		struct stretch *stretch = &stretches[analysis->class_of[i]];

		if (!history_is_good(verdict) && !history_is_bad(verdict))
			continue;
		if (stretch->good + stretch->bad == 0)
			stretch->first = i;
		else if (history_is_bad(verdict) !=
			 history_is_bad(verdict_at(analysis, cell, stretch->last))) {
			stretch->turns++;
			stretch->turn = i;
		}
		stretch->last = i;
		stretch->good += history_is_good(verdict);
		stretch->bad += history_is_bad(verdict);
		stretch->said_flaky |= verdict == VERDICT_FLAKY;
	}
}

static enum state state_of(const struct stretch *stretch, bool first_is_bad)
{
	if (stretch->good + stretch->bad == 0)
		return STATE_NONE;
	if (stretch->said_flaky || stretch->turns > 1)
		return STATE_FLAKY;
	if (stretch->turns == 1)
		return first_is_bad ? STATE_MENDED : STATE_BROKE;
	return stretch->bad > 0 ? STATE_BAD : STATE_GOOD;
}

static const struct history_run *run_at(const struct analysis *analysis, size_t run)
{
	return &analysis->history->runs[analysis->group->runs[run]];
}

static const char *text(const struct analysis *analysis, text_id id)
{
	return analysis->history->texts[id];
}

static void add_once(json_t *list, const char *word)
{
	if (!document_has_text(list, word))
		json_array_append_new(list, json_string(word));
}

/* The entry of that key; made of `made`, which is taken, if there is none. The host is added. */
static json_t *entry_of(const struct analysis *analysis, const char *key, json_t *made)
{
	json_t *entry = json_object_get(analysis->found, key);

	if (!entry) {
		json_object_set(analysis->found, key, made);
		entry = made;
		json_object_set_new(entry, "hosts", json_array());
	}
	json_decref(made);
	if (entry)
		add_once(
			json_object_get(entry, "hosts"), text(analysis, run_at(analysis, 0)->host));
	return entry;
}

static json_t *new_entry(const struct analysis *analysis, const char *kind, const char *cell)
{
	return json_pack("{s:s, s:s, s:[s]}", "kind", kind, "matrix",
		text(analysis, run_at(analysis, 0)->matrix), "cells", cell);
}

static void count_up(json_t *entry, const char *key, size_t more)
{
	json_object_set_new(entry, key,
		json_integer(json_integer_value(json_object_get(entry, key)) + (json_int_t)more));
}

/* The cell changed from the run `before` to the run `now`. */
static void add_change(const struct analysis *analysis, size_t cell, size_t before, size_t now)
{
	const struct history_run *a = run_at(analysis, before), *b = run_at(analysis, now);
	const char *name = text(analysis, analysis->group->cells[cell]);
	bool bad = history_is_bad(verdict_at(analysis, cell, now));
	const char *from = verdict_name((enum verdict)verdict_at(analysis, cell, before));
	const char *to = verdict_name((enum verdict)verdict_at(analysis, cell, now));
	json_t *with = history_differences(analysis->history, a, b), *entry;
	char *dump = document_dump(with, JSON_COMPACT), *key = NULL;

	if (dump && asprintf(&key, "%s\n%s\n%s\n%s\n%s\n%s", bad ? "1" : "6",
			    text(analysis, a->matrix), name, from, to, dump) < 0)
		key = NULL;
	if (key) {
		entry = new_entry(analysis, bad ? "regression" : "fixed", name);
		json_object_update_new(entry,
			json_pack("{s:s, s:s, s:O, s:s, s:s}", "from", from, "to", to, "with", with,
				"since", text(analysis, b->started), "run", b->dir));
		entry_of(analysis, key, entry);
	}
	json_decref(with);
	free(dump);
	free(key);
}

static void add_flaky(const struct analysis *analysis, size_t cell, const struct stretch *stretch)
{
	const char *name = text(analysis, analysis->group->cells[cell]);
	char *key = NULL;
	json_t *entry;

	if (asprintf(&key, "2\n%s\n%s", text(analysis, run_at(analysis, 0)->matrix), name) < 0)
		return;
	entry = entry_of(analysis, key, new_entry(analysis, "flaky", name));
	count_up(entry, "bad", stretch->bad);
	count_up(entry, "runs", stretch->good + stretch->bad);
	free(key);
}

/* How often the cell deviates where it is flaky; 0 if it is not. */
static double flaky_rate(
	const struct analysis *analysis, size_t cell, const struct stretch *stretches)
{
	size_t good = 0, bad = 0;

	for (size_t c = 0; c < analysis->classes; c++) {
		bool first_bad = history_is_bad(verdict_at(analysis, cell, stretches[c].first));

		if (state_of(&stretches[c], first_bad) != STATE_FLAKY)
			continue;
		good += stretches[c].good;
		bad += stretches[c].bad;
		add_flaky(analysis, cell, &stretches[c]);
	}
	return bad > 0 ? (double)bad / (double)(good + bad) : 0;
}

static void add_changes(const struct analysis *analysis, size_t cell, struct stretch *stretches)
{
	double rate;
	bool known = false, was_bad = false;
	size_t before = 0;

	look(analysis, cell, stretches);
	rate = flaky_rate(analysis, cell, stretches);
	for (size_t c = 0; c < analysis->classes; c++) {
		const struct stretch *stretch = &stretches[c];
		bool first_bad = history_is_bad(verdict_at(analysis, cell, stretch->first));
		enum state state = state_of(stretch, first_bad);
		bool chance;

		if (state == STATE_NONE)
			continue;
		if (state == STATE_FLAKY) {
			was_bad = false;
			known = true;
			before = stretch->last;
			continue;
		}
		/* What a flaky cell does by chance is no change. */
		chance = first_bad && pow(rate, (double)stretch->bad) >= BY_CHANCE;
		if (known && first_bad != was_bad && !chance)
			add_change(analysis, cell, before, stretch->first);
		if (!chance)
			was_bad = first_bad;
		chance = state == STATE_BROKE && pow(rate, (double)stretch->bad) >= BY_CHANCE;
		if (stretch->turns == 1 && !chance) {
			add_change(analysis, cell, stretch->turn - 1, stretch->turn);
			was_bad = !first_bad;
		}
		known = true;
		before = stretch->last;
	}
}

/* A cell that had answers, and has none in the last runs: the host or the test is at fault. */
static void add_unanswered(const struct analysis *analysis, size_t cell)
{
	const char *name = text(analysis, analysis->group->cells[cell]);
	size_t none = 0, i = analysis->group->count, since = 0;
	bool answered = false;
	char *key = NULL;
	json_t *entry;

	while (i > 0 && !answered) {
		uint8_t verdict = verdict_at(analysis, cell, --i);

		answered = history_is_good(verdict) || history_is_bad(verdict);
		if (verdict == VERDICT_ERROR || verdict == VERDICT_MISS) {
			none++;
			since = i;
		}
	}
	if (!answered || none < UNANSWERED_RUNS ||
		asprintf(&key, "3\n%s\n%s\n%s", text(analysis, run_at(analysis, 0)->matrix), name,
			text(analysis, run_at(analysis, 0)->host)) < 0)
		return;
	entry = new_entry(analysis, "unanswered", name);
	json_object_update_new(entry,
		json_pack("{s:s, s:s}", "since", text(analysis, run_at(analysis, since)->started),
			"run", run_at(analysis, since)->dir));
	entry = entry_of(analysis, key, entry);
	count_up(entry, "runs", none);
	free(key);
}

/* What did not come back after a cell, in whichever run. */
static void add_left(const struct analysis *analysis, const struct history_run *run)
{
	const char *cell;
	json_t *cause, *entry;

	json_object_foreach(run->left, cell, cause)
	{
		char *key = NULL;

		if (asprintf(&key, "4\n%s\n%s\n%s", text(analysis, run->matrix),
			    text(analysis, run->host), json_string_value(cause)) < 0)
			return;
		entry = new_entry(analysis, "give-back", cell);
		json_object_update_new(
			entry, json_pack("{s:O, s:s, s:s}", "cause", cause, "since",
				       text(analysis, run->started), "run", run->dir));
		entry = entry_of(analysis, key, entry);
		add_once(json_object_get(entry, "cells"), cell);
		count_up(entry, "runs", 1);
		free(key);
	}
}

/* Deviations that the newest run has not seen any more. */
static void add_gone(const struct analysis *analysis)
{
	const struct history_run *run = run_at(analysis, analysis->group->count - 1);
	const char *known;
	json_t *cells, *cell, *entry;
	size_t i;

	json_object_foreach(run->gone, known, cells)
	{
		char *key = NULL;

		if (json_array_size(cells) == 0 ||
			asprintf(&key, "7\n%s\n%s", text(analysis, run->matrix), known) < 0)
			return;
		entry = new_entry(analysis, "gone", json_string_value(json_array_get(cells, 0)));
		json_object_set_new(entry, "known", json_string(known));
		entry = entry_of(analysis, key, entry);
		json_array_foreach(cells, i, cell)
			add_once(json_object_get(entry, "cells"), json_string_value(cell));
		free(key);
	}
}

static int analyse(struct analysis *analysis, json_t *drift)
{
	struct stretch *stretches;
	int r = divide(analysis);

	stretches = r == 0 ? calloc(analysis->classes + 1, sizeof(*stretches)) : NULL;
	if (!stretches)
		r = -ENOMEM;
	for (size_t c = 0; c < analysis->group->cell_count && r == 0; c++) {
		add_changes(analysis, c, stretches);
		add_unanswered(analysis, c);
	}
	for (size_t i = 0; i < analysis->group->count && r == 0; i++)
		add_left(analysis, run_at(analysis, i));
	if (r == 0) {
		add_gone(analysis);
		history_drift(analysis->history, analysis->group, drift);
	}
	free(stretches);
	free(analysis->class_of);
	return r;
}

/* The entries in the order of their keys; those that differ in their cells alone become one. */
static void collect(json_t *found, const json_t *drift, json_t *notable)
{
	json_t *merged = json_object(), *entry;
	const char *key;
	void *next;

	json_object_foreach_safe(found, next, key, entry)
	{
		json_t *rest = json_copy(entry), *first = NULL;
		bool flaky = key[0] == '2'; /* of its own count, so it stays as it is */
		char *text, *sorted = NULL;

		json_object_del(rest, "cells");
		json_object_del(rest, "bad");
		text = document_dump(rest, JSON_SORT_KEYS | JSON_COMPACT);
		if (text && asprintf(&sorted, "%c%s", key[0], text) >= 0) {
			if (!flaky)
				first = json_object_get(merged, sorted);
			if (first)
				json_array_extend(json_object_get(first, "cells"),
					json_object_get(entry, "cells"));
			else
				json_object_set(merged, flaky ? key : sorted, entry);
		}
		free(text);
		free(sorted);
		json_decref(rest);
	}
	for (char kind = '1'; kind <= '7'; kind++) {
		if (kind == '5')
			json_array_extend(notable, (json_t *)drift);
		json_object_foreach(merged, key, entry)
		{
			if (key[0] == kind)
				json_array_append(notable, entry);
		}
	}
	json_decref(merged);
}

json_t *history_notable(
	const struct history *history, const struct history_group *groups, size_t count)
{
	struct analysis analysis = { .history = history, .found = json_object() };
	json_t *notable = json_array(), *drift = json_array();
	int r = analysis.found && notable && drift ? 0 : -ENOMEM;

	for (size_t i = 0; i < count && r == 0; i++) {
		analysis.group = &groups[i];
		r = analyse(&analysis, drift);
	}
	if (r == 0)
		collect(analysis.found, drift, notable);
	json_decref(analysis.found);
	json_decref(drift);
	if (r == 0)
		return notable;
	json_decref(notable);
	return NULL;
}
