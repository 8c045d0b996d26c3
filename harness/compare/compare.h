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
#include <stdio.h>

#include "harness/compare/diff.h"

#define COMPARE_RUNS_MAX 16

/* Compares `count` judged runs; of each the run and the findings are used, and the store's folder
 * for its name. Returns a new reference, or NULL without memory. */
json_t *compare_runs(const struct diff_run *runs, size_t count);

/* The exit status of the worst run (judge_exit_status()). */
int compare_exit_status(const struct diff_run *runs, size_t count);

/* Prints it for people: cells that changed first, with what changed. Returns 0, or -EIO. */
int compare_render_text(const json_t *comparison, FILE *stream);

/* The same as one HTML page, for a browser. Returns 0, or -EIO. */
int compare_render_html(const json_t *comparison, FILE *stream);

/*
 * Between the two: what one run says of a field, as one sentence without its escapes: "PASS
 * 1024x768 (mode-old)", "not expected". The caller frees; NULL without memory.
 */
char *compare_sentence(const json_t *cell, const json_t *field, size_t run);

#endif
