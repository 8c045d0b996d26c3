/*
 * Stored runs, opened and judged alike: for who says what changed between them.
 */
#ifndef IGD_JUDGED_H
#define IGD_JUDGED_H

#include <jansson.h>

#include "harness/diff.h"
#include "harness/findings.h"
#include "harness/patterns.h"
#include "harness/store.h"
#include "harness/string_list.h"
#include "src/problem.h"

/* By what a run is judged; all borrowed, all may be NULL. */
struct judged_by {
	const char *matrix;               /* instead of the run's own */
	const char *known;                /* the known deviations, instead of the matrix's own */
	const char *patterns;             /* as patterns_choose() */
	const struct string_list *select; /* only these cells; none of it: all */
};

/* A run; all owned. */
struct judged {
	struct store store;
	json_t *run;
	json_t *stored_plan, *plan; /* the latter is by which it is judged; NULL after _briefly() */
	struct patterns *patterns;
	json_t *findings; /* NULL until judged_judge() */
};

#define JUDGED_NONE ((struct judged){ .store = STORE_NONE })

/*
 * Opens a run and works out by what it is to be judged. Returns 0, to be closed with
 * judged_close(); errors as store_open(), matrix_plan(), plan_select() and patterns_choose().
 */
int judged_open(
	const char *dir, const struct judged_by *by, struct judged *judged, struct problem *why);

/*
 * The same for who takes the findings cell by cell, by judged_pour() alone: where the run's own
 * plan is to hold, and all of it, it is not read into memory.
 */
int judged_open_briefly(
	const char *dir, const struct judged_by *by, struct judged *judged, struct problem *why);

/* Judges it into a sink. Errors as judge_pour(). */
int judged_pour(const struct judged *judged, const struct findings_sink *sink, struct problem *why);

/* Judges it. Returns 0, or a negative errno with the sentence. */
int judged_judge(struct judged *judged, struct problem *why);

/*
 * What changed from the run in `before` to `now`, which is judged: the document of harness/diff.h.
 * The earlier run and those in `history` are opened and judged by the same. A pattern of
 * `by->select` may match no cell of theirs. Returns 0 and a new reference, or a negative errno with
 * the sentence.
 */
int judged_compare(const char *before, const struct judged *now, const struct string_list *history,
	const struct judged_by *by, json_t **difference_r, struct problem *why);

/* One that is JUDGED_NONE, or closed already, is fine. */
void judged_close(struct judged *judged);

#endif
