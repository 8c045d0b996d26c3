/*
 * Judged runs, and what comparing them gives, in spools (harness/base/spool/spool.h): of runs of
 * ten thousand cells a cell of each is in memory, and where to find the others.
 */
#ifndef IGD_COMPARE_KEPT_H
#define IGD_COMPARE_KEPT_H

#include <jansson.h>
#include <stddef.h>

#include "harness/base/spool/spool.h"
#include "harness/compare/compare.h"
#include "harness/judge/stored_run.h"
#include "src/problem.h"

/* A judged run. */
struct kept_run {
	json_t *findings; /* without the cells */
	json_t *places;   /* {NAME: where it is in the spool} */
	struct spool cells;
	struct problem *why; /* borrowed: the sentence of an error of the spool */
};

#define KEPT_RUN_NONE ((struct kept_run){ .cells = SPOOL_NONE })

/* Opens the run, judges it and keeps what a comparison needs. Returns 0, to be closed with
 * kept_run_close() as after an error, or a negative errno with the sentence. */
int kept_run_judge(const char *dir, const struct stored_run_options *options, struct kept_run *kept,
	struct problem *why);

/* The sink that keeps the findings of a run that is judged elsewhere; `why` is set before. */
struct findings_sink kept_run_sink(struct kept_run *kept);

/* As one side of a comparison; `dir` for its name. Borrows both. */
struct compare_run kept_run_side(struct kept_run *kept, const char *dir);

/* One that is KEPT_RUN_NONE, or closed already, is fine. */
void kept_run_close(struct kept_run *kept);

/* A comparison. */
struct kept_comparison {
	json_t *head;
	struct spool cells;
	struct problem *why; /* borrowed */
};

/* Compares. Errors as kept_run_judge(). */
int kept_compare(const struct compare_run *runs, size_t count, struct kept_comparison *kept,
	struct problem *why);

/* For a renderer; borrows. */
struct comparison kept_comparison(struct kept_comparison *kept);

void kept_comparison_close(struct kept_comparison *kept);

#endif
