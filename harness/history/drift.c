/*
 * Cells that take longer than they did. A host that slows down does so in all its cells and little
 * by little: so the runs are divided into blocks, and the medians of the blocks have to rise, or
 * fall, one after the other. One slow night is not a drift, nor is a step with a new version.
 */
#include <stdlib.h>
#include <string.h>

#include "harness/history/private.h"

/* Of our choice: enough runs for blocks whose median one outlier does not move; a change that is
 * not the noise of a busy host; and nine tenths of the pairs of blocks in order (Kendall's tau
 * 0.8). */
#define DRIFT_BLOCKS   8
#define DRIFT_RUNS_MIN (DRIFT_BLOCKS * 4)
#define DRIFT_RATIO    1.25
#define DRIFT_IN_ORDER 0.9

static int by_size(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static uint32_t median_of(uint32_t *times, size_t count)
{
	qsort(times, count, sizeof(*times), by_size);
	return count ? times[count / 2] : 0;
}

/* The times of a cell where it was as expected: one that fails waits for its limits. */
static size_t times_of(const struct history_group *group, size_t cell, uint32_t *times)
{
	size_t count = 0;

	for (size_t i = 0; i < group->count; i++) {
		size_t at = cell * group->count + i;

		if (history_is_good(group->verdicts[at]) && group->ms[at] > 0)
			times[count++] = group->ms[at];
	}
	return count;
}

uint32_t history_median(const struct history_group *group, size_t cell)
{
	uint32_t *times = calloc(group->count + 1, sizeof(*times));
	uint32_t median = times ? median_of(times, times_of(group, cell, times)) : 0;

	free(times);
	return median;
}

struct drift {
	uint32_t first, last; /* medians, ms */
};

static bool find_drift(
	const struct history_group *group, size_t cell, uint32_t *times, struct drift *drift_r)
{
	size_t count = times_of(group, cell, times), rising = 0, falling = 0, pairs = 0;
	uint32_t medians[DRIFT_BLOCKS];
	double ratio;

	if (count < DRIFT_RUNS_MIN)
		return false;
	for (size_t b = 0; b < DRIFT_BLOCKS; b++) {
		size_t begin = b * count / DRIFT_BLOCKS, end = (b + 1) * count / DRIFT_BLOCKS;

		medians[b] = median_of(times + begin, end - begin);
	}
	for (size_t a = 0; a < DRIFT_BLOCKS; a++) {
		for (size_t b = a + 1; b < DRIFT_BLOCKS; b++, pairs++) {
			rising += medians[b] > medians[a];
			falling += medians[b] < medians[a];
		}
	}
	*drift_r = (struct drift){ medians[0], medians[DRIFT_BLOCKS - 1] };
	ratio = (double)drift_r->last / drift_r->first;
	return (ratio >= DRIFT_RATIO && (double)rising >= DRIFT_IN_ORDER * (double)pairs) ||
	       (ratio <= 1 / DRIFT_RATIO && (double)falling >= DRIFT_IN_ORDER * (double)pairs);
}

/* One entry for a host: its median ratio stands for all. */
static void add_entry(const struct history *history, const struct history_group *group,
	json_t *cells, uint32_t first, uint32_t last, json_t *notable)
{
	const struct history_run *run = &history->runs[group->runs[0]];

	json_array_append_new(notable,
		json_pack("{s:s, s:s, s:[s], s:O, s:I, s:I, s:I}", "kind", "drift", "matrix",
			history->texts[run->matrix], "hosts", history->texts[run->host], "cells",
			cells, "of", (json_int_t)group->cell_count, "first_ms", (json_int_t)first,
			"last_ms", (json_int_t)last));
}

void history_drift(
	const struct history *history, const struct history_group *group, json_t *notable)
{
	uint32_t *times = calloc(group->count + 1, sizeof(*times));
	uint32_t *first = calloc(group->cell_count + 1, sizeof(*first));
	uint32_t *last = calloc(group->cell_count + 1, sizeof(*last));
	json_t *cells = json_array();
	size_t count = 0;

	for (size_t c = 0; c < group->cell_count && times && first && last; c++) {
		struct drift drift;

		if (!find_drift(group, c, times, &drift))
			continue;
		first[count] = drift.first;
		last[count++] = drift.last;
		json_array_append_new(cells, json_string(history->texts[group->cells[c]]));
	}
	if (count > 0)
		add_entry(history, group, cells, median_of(first, count), median_of(last, count),
			notable);
	json_decref(cells);
	free(times);
	free(first);
	free(last);
}
