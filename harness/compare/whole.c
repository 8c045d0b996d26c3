/* Runs, and comparisons, that are in memory as a whole. */
#include <errno.h>

#include "harness/compare/compare.h"
#include "harness/plan/plan.h"

static int cell_of_findings(void *data, uint64_t place, json_t **cell_r)
{
	*cell_r = json_incref(json_array_get(json_object_get(data, "cells"), place));
	return 0;
}

struct cells {
	json_t *counts, *all;
};

static int take_cell(void *data, const json_t *cell)
{
	const struct cells *cells = data;

	compare_count(cells->counts, cell);
	return json_array_append(cells->all, (json_t *)cell) < 0 ? -ENOMEM : 0;
}

json_t *compare_runs(const struct diff_run *runs, size_t count)
{
	struct compare_run sides[COMPARE_RUNS_MAX];
	struct cells cells = { json_object(), json_array() };
	json_t *comparison;

	for (size_t i = 0; i < count; i++)
		sides[i] = (struct compare_run){
			runs[i].store && runs[i].store->dir ? runs[i].store->dir : "",
			runs[i].findings,
			plan_places(runs[i].findings),
			cell_of_findings,
			(json_t *)runs[i].findings,
		};
	comparison = compare_head(sides, count);
	compare_each(sides, count, take_cell, &cells);
	json_object_set_new(comparison, "counts", cells.counts);
	json_object_set_new(comparison, "cells", cells.all);
	for (size_t i = 0; i < count; i++)
		json_decref((json_t *)sides[i].places);
	return comparison;
}

static int each_of_document(
	void *data, int (*print)(void *printer, const json_t *cell), void *printer)
{
	const json_t *cell;
	size_t i;
	int r = 0;

	json_array_foreach(json_object_get(data, "cells"), i, cell)
	{
		if (r == 0)
			r = print(printer, cell);
	}
	return r;
}

struct comparison comparison_of(json_t *document)
{
	return (struct comparison){ document, each_of_document, document };
}
