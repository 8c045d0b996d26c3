/*
 * What changed between two runs: the document that `diff` prints, docs/schema/difference.json.
 *
 * The class of a cell comes from history, as osstest's reports have it, not from its verdict alone.
 */
#ifndef IGD_COMPARE_DIFF_H
#define IGD_COMPARE_DIFF_H

#include <jansson.h>
#include <stddef.h>
#include <stdio.h>

#include "harness/store/run_dir.h"
#include "src/problem.h"

/* A run of the two, or of the history: judged, and where its reports are. All borrowed. */
struct diff_run {
	const struct store *store; /* for the reports; NULL: none are compared */
	const json_t *run, *plan, *findings;
};

/*
 * Compares. `history` are `count` further runs, of which only the findings are looked at. Returns a
 * new reference, or NULL without memory.
 */
json_t *diff_runs(const struct diff_run *a, const struct diff_run *b,
	const struct diff_run *history, size_t count);

/* 1 if a cell regressed, fails otherwise than in a, or is not in b; else 0: what never passed
 * blocks nobody, as with osstest. */
int diff_exit_status(const json_t *difference);

/* Prints it for people. Returns 0, or -EIO. */
int diff_render(const json_t *difference, FILE *stream);

/* Prints one entry of "changes" as a line: `indent`, then "WHAT: A -> B". */
void diff_render_change(const json_t *change, const char *indent, FILE *stream);

/* Prints how many changes are not listed, by the key "more" of an object; nothing if all are. */
void diff_render_more(const json_t *of, FILE *stream);

#endif
