#include <stdlib.h>
#include <string.h>

#include "harness/qualify/private.h"
#include "harness/report/coverage.h"
#include "src/document.h"
#include "src/verdict.h"

/* The entry that is the same at all of these keys, or NULL. */
static json_t *find_entry(const json_t *entries, const json_t *wanted, const char *const *keys)
{
	json_t *entry;
	size_t i;

	json_array_foreach(entries, i, entry)
	{
		bool same = true;

		for (const char *const *key = keys; *key && same; key++)
			same = json_equal(
				json_object_get(entry, *key), json_object_get(wanted, *key));
		if (same)
			return entry;
	}
	return NULL;
}

/* The names of the cells at these places of the findings. */
static json_t *names_of(const json_t *run, const json_t *indices)
{
	const json_t *cells = json_object_get(json_object_get(run, "findings"), "cells"), *index;
	json_t *names = json_array();
	size_t i;

	json_array_foreach(indices, i, index) json_array_append(names,
		json_object_get(json_array_get(cells, (size_t)json_integer_value(index)), "name"));
	return names;
}

/* A group of a run's summary, beside that of another release if it is the same deviation. */
static void add_known(const json_t *run, const json_t *group, json_t *all)
{
	static const char *const keys[] = { "matrix", "id", "known", "field", "expected", "seen",
		"why", NULL };
	json_t *entry = json_copy((json_t *)group), *same;
	json_t *of = json_pack("{s:s, s:o}", "release", qualify_release(run), "cells",
		names_of(run, json_object_get(group, "cells")));

	json_object_del(entry, "cells");
	json_object_set_new(entry, "matrix", json_string(qualify_matrix(run)));
	same = find_entry(all, entry, keys);
	if (same) {
		json_array_append_new(json_object_get(same, "of"), of);
		json_decref(entry);
		return;
	}
	json_object_set_new(entry, "of", json_pack("[o]", of));
	json_array_append_new(all, entry);
}

static void add_all_known(const struct qualify *qualify, const char *key)
{
	json_t *all = json_array();
	const json_t *run, *group;
	size_t i, j;

	json_array_foreach(qualify->sources->runs, i, run)
	{
		json_array_foreach(json_object_get(json_array_get(qualify->summaries, i), key), j,
			group) add_known(run, group, all);
	}
	json_object_set_new(qualify->document, key, all);
}

static void add_failures(const json_t *run, json_t *failures)
{
	const json_t *cell;
	size_t i;

	json_array_foreach(json_object_get(json_object_get(run, "findings"), "cells"), i, cell)
	{
		enum verdict verdict = VERDICT_MISS;

		verdict_parse(document_text(cell, "verdict"), &verdict);
		if (!verdict_is_deviation(verdict))
			continue;
		json_array_append_new(failures,
			json_pack("{s:s, s:s, s:O?, s:s, s:o}", "matrix", qualify_matrix(run),
				"release", qualify_release(run), "name",
				json_object_get(cell, "name"), "layer",
				document_text(cell, "layer"), "reason", qualify_cell_reason(cell)));
	}
}

/* SKIP, ERROR and MISS by their reason. */
static void add_unanswered(const json_t *run, json_t *unanswered)
{
	static const char *const keys[] = { "matrix", "release", "verdict", "reason", "layer",
		NULL };
	const json_t *cell;
	size_t i;

	json_array_foreach(json_object_get(json_object_get(run, "findings"), "cells"), i, cell)
	{
		enum verdict verdict = VERDICT_MISS;
		json_t *entry, *same;

		verdict_parse(document_text(cell, "verdict"), &verdict);
		if (verdict != VERDICT_SKIP && verdict < VERDICT_ERROR)
			continue;
		entry = json_pack("{s:s, s:s, s:s, s:o, s:s}", "matrix", qualify_matrix(run),
			"release", qualify_release(run), "verdict", verdict_name(verdict), "reason",
			qualify_cell_reason(cell), "layer", document_text(cell, "layer"));
		same = find_entry(unanswered, entry, keys);
		if (same) {
			json_decref(entry);
		} else {
			json_object_set_new(entry, "cells", json_array());
			json_array_append_new(unanswered, entry);
			same = entry;
		}
		json_array_append(json_object_get(same, "cells"), json_object_get(cell, "name"));
	}
}

static void add_counts(json_t *counts, const json_t *more)
{
	const char *verdict;
	json_t *count;

	json_object_foreach((json_t *)more, verdict, count) json_object_set_new(counts, verdict,
		json_integer(json_integer_value(json_object_get(counts, verdict)) +
			     json_integer_value(count)));
}

/* Runs without an IGD say nothing where others had one. */
static void leave_out_nothing(json_t *coverage)
{
	for (size_t i = json_array_size(coverage); i > 0 && json_array_size(coverage) > 1; i--) {
		const json_t *entry = json_array_get(coverage, i - 1);

		if (!document_text(entry, "device")[0] &&
			json_integer_value(json_object_get(entry, "cells")) == 0)
			json_array_remove(coverage, i - 1);
	}
}

/* Of each kind of display function all cells of all runs; in the order of the verdicts. */
static json_t *coverage(const struct qualify *qualify)
{
	static const char *const keys[] = { "generation", "device", "class", "phantom", NULL };
	json_t *all = json_array(), *summary, *entry, *same;
	size_t i, j;

	json_array_foreach(qualify->summaries, i, summary)
	{
		json_array_foreach(json_object_get(summary, "coverage"), j, entry)
		{
			same = find_entry(all, entry, keys);
			if (!same) {
				json_array_append_new(all, json_deep_copy(entry));
				continue;
			}
			add_counts(
				json_object_get(same, "counts"), json_object_get(entry, "counts"));
			json_object_set_new(same, "cells",
				json_integer(json_integer_value(json_object_get(same, "cells")) +
					     json_integer_value(json_object_get(entry, "cells"))));
		}
	}
	leave_out_nothing(all);
	return all;
}

/* The generations of which no guest had a display function. */
static json_t *never(const json_t *covered)
{
	json_t *names = json_array();
	const struct igd_platform *line;
	const json_t *entry;
	size_t i, number = 0;

	while ((line = coverage_next(&number))) {
		bool exercised = false;

		json_array_foreach(covered, i, entry)
		{
			if (strcmp(document_text(entry, "generation"), line->title) == 0 &&
				json_integer_value(json_object_get(entry, "cells")) > 0)
				exercised = true;
		}
		if (!exercised)
			json_array_append_new(
				names, json_sprintf("%s (%s)", line->title, line->graphics));
	}
	return names;
}

void qualify_cells(const struct qualify *qualify)
{
	json_t *failures = json_array(), *unanswered = json_array();
	json_t *covered = coverage(qualify);
	const json_t *run;
	size_t i;

	json_array_foreach(qualify->sources->runs, i, run)
	{
		add_failures(run, failures);
		add_unanswered(run, unanswered);
	}
	json_object_set_new(qualify->document, "never", never(covered));
	json_object_set_new(qualify->document, "coverage", covered);
	json_object_set_new(qualify->document, "failures", failures);
	add_all_known(qualify, "known");
	add_all_known(qualify, "gone");
	add_all_known(qualify, "expired");
	json_object_set_new(qualify->document, "unanswered", unanswered);
}
