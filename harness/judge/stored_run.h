/*
 * Stored runs, opened and judged alike, for the commands that compare them.
 */
#ifndef IGD_JUDGE_STORED_RUN_H
#define IGD_JUDGE_STORED_RUN_H

#include <jansson.h>

#include "harness/base/string_list.h"
#include "harness/judge/findings_sink.h"
#include "harness/judge/judge.h"
#include "harness/logs/patterns.h"
#include "harness/store/run_dir.h"
#include "src/problem.h"

/* By what a run is judged; all borrowed, all may be NULL. */
struct stored_run_options {
	const char *matrix;               /* instead of the run's own */
	const char *known;                /* the known deviations, instead of the matrix's own */
	const char *patterns;             /* as patterns_choose() */
	const struct string_list *select; /* only these cells; none of it: all */
};

/* All owned. */
struct stored_run {
	struct store store;
	json_t *run;
	/* The latter is by which it is judged. Both are NULL after stored_run_open_stream() where
	 * the run's own plan is to hold. */
	json_t *stored_plan, *plan;
	struct patterns *patterns;
	json_t *findings; /* NULL until stored_run_judge() */
};

#define STORED_RUN_NONE ((struct stored_run){ .store = STORE_NONE })

/*
 * Opens a run and works out by what it is to be judged. Returns 0, to be closed with
 * stored_run_close(); errors as store_open(), matrix_plan(), plan_select() and patterns_choose().
 */
int stored_run_open(const char *dir, const struct stored_run_options *options,
	struct stored_run *stored, struct problem *why);

/*
 * Opens it for judge_stream() alone: if the run's own plan is to hold, and all of it, the plan is
 * not read into memory.
 */
int stored_run_open_stream(const char *dir, const struct stored_run_options *options,
	struct stored_run *stored, struct problem *why);

/* The request to judge it, into a sink; borrows from the run. */
struct judge_request stored_run_request(
	const struct stored_run *stored, const struct findings_sink *sink);

/* Judges it, into `findings`. Errors as judge_collect(). */
int stored_run_judge(struct stored_run *stored, struct problem *why);

/* A run that is STORED_RUN_NONE, or closed already, may be closed. */
void stored_run_close(struct stored_run *stored);

#endif
