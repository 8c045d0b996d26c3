/*
 * Several runs of the same cells side by side: above all of several releases. What `compare`
 * prints: docs/schema/comparison.json.
 *
 * A cell changed if its verdict or ending did, or what holds of one of its fields: by which
 * expectation, what it expects, what was seen, or which known deviation that is. Cells that have no
 * report are compared by their ending alone.
 */
#ifndef IGD_COMPARE_COMPARE_H
#define IGD_COMPARE_COMPARE_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "harness/compare/diff.h"

#define COMPARE_RUNS_MAX 16

/* Compares `count` judged runs; of each the run and the findings are used, and the store's folder
 * for its name. Returns a new reference, or NULL without memory. */
json_t *compare_runs(const struct diff_run *runs, size_t count);

/* A judged run whose cells need not be in memory. All borrowed. */
struct compare_run {
	const char *dir;        /* for its name; "": it has none */
	const json_t *findings; /* its cells are not looked at */
	const json_t *places;   /* {NAME: place}, in the order of the cells, each name once */
	/* The cell at that place, a new reference. Returns 0 or a negative errno. */
	int (*cell)(void *data, uint64_t place, json_t **cell_r);
	void *data;
};

/* The comparison without its cells and their counts: a new reference, or NULL without memory. */
json_t *compare_head(const struct compare_run *runs, size_t count);

/* Compares cell by cell; `take` gets each entry of "cells", borrowed. Returns 0, what `take` or a
 * cell() returned, or -ENOMEM. */
int compare_each(const struct compare_run *runs, size_t count,
	int (*take)(void *data, const json_t *cell), void *data);

/* Counts an entry of "cells" in "counts". */
void compare_count(json_t *counts, const json_t *cell);

/* The exit status of the worst run (judge_exit_status()). */
int compare_exit_status(const struct compare_run *runs, size_t count);

/* A comparison for who prints it: all but the cells, and these one by one, as often as they are
 * asked for. All borrowed. */
struct comparison {
	const json_t *head;
	/* Returns 0, what `print` returned, or a negative errno. */
	int (*each)(void *data, int (*print)(void *printer, const json_t *cell), void *printer);
	void *data;
};

/* Of one that is in memory. */
struct comparison comparison_of(json_t *document);

/* Prints it for people: cells that changed first, with what changed. Returns 0, -EIO, or what
 * each() returned. */
int compare_render_text(const struct comparison *comparison, FILE *stream);

/* The same as one HTML page, for a browser. */
int compare_render_html(const struct comparison *comparison, FILE *stream);

/* The document itself, docs/schema/comparison.json; also -ENOMEM. */
int compare_render_json(const struct comparison *comparison, FILE *stream);

/*
 * Between the two: what one run says of a field, as one sentence without its escapes: "PASS
 * 1024x768 (mode-old)", "not expected". The caller frees; NULL without memory.
 */
char *compare_sentence(const json_t *cell, const json_t *field, size_t run);

#endif
