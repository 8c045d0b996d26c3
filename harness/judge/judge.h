/*
 * The judge: from the record of a run to findings, docs/schema/findings.json. Reads documents, asks
 * the world nothing.
 *
 * An ending other than done is a verdict of its own (harness/store/ending.c). Only one that is the
 * fault of what is under test can be predicted, by an expectation of the field "ending". If it is
 * met, the findings decide, as in a cell that reported; if it is the known deviation, so is the
 * cell, and nothing else is looked for: the other expectations speak of the guest that there should
 * have been.
 *
 * Patterns explain a verdict, and decide one in three cases. Where QEMU or libxl refused a guest
 * for a reason that is known to be the host's own, the cell is MISS. Where a cell that reported
 * would pass and a line of its logs is of severity "grave", or a cause that explains the ending
 * "done", the cell is FAIL, or MISS if the layer of the pattern is the host; an expectation of the
 * field "signs" decides instead. A cell that is ERROR by its ending is FAIL or MISS by such a line,
 * too, unless its matrix expects signs. If a cell is FAIL or worse by its ending or its findings,
 * the first match of severity "cause", or of a FAIL without one the first grave one, begins its
 * "cause", "LABEL: LINE; ...", and gives its "layer". A line that names a different domain or
 * device, and a cause that does not explain the ending, decide nothing. A leftover on the host goes
 * before all.
 */
#ifndef IGD_JUDGE_JUDGE_H
#define IGD_JUDGE_JUDGE_H

#include <jansson.h>
#include <stdbool.h>

#include "harness/evidence/fields.h"
#include "harness/judge/findings_sink.h"
#include "harness/logs/patterns.h"
#include "harness/store/run_dir.h"
#include "src/problem.h"

/*
 * Judges one cell. `plan_cell` has the expectations, `evidence` what the cell left: without
 * end.json it did not run. `report_trouble` says why there is no report although the cell ended
 * well, or is NULL. Returns a new entry for "cells", or NULL without memory.
 */
json_t *judge_cell(size_t index, const json_t *plan_cell, const json_t *identities,
	const struct evidence *evidence, const char *report_trouble);

/* A stored run, by what it is judged, and where its findings go; all borrowed. */
struct judge_request {
	const struct store *store;
	const json_t *run;
	const json_t *stored_plan; /* NULL if there is no `plan` */
	/* The plan to judge by, the run's own or a different one: cells are found by name in
	 * `stored_plan`. NULL: the run's own, read and forgotten cell by cell, so that the memory
	 * that this takes does not grow with the run. */
	const json_t *plan;
	const struct patterns *patterns; /* to search the logs for; NULL: they are not searched */
	const struct findings_sink *sink;
};

/*
 * Judges a stored run and gives each finding to the sink as soon as it is made. Returns 0, what the
 * sink returned, or a negative errno if the store cannot be read, with the sentence.
 */
int judge_stream(const struct judge_request *request, struct problem *why);

/*
 * Like judge_stream(), but collects the findings into one document; the sink is not used. Returns 0
 * and a new reference.
 */
int judge_collect(const struct judge_request *request, json_t **findings_r, struct problem *why);

/*
 * Did the guest of a cell of findings run, and was it judged? Then a different run can be compared
 * with it: PASS, DONE, XFAIL and FAIL, and SKIP if the guest reported and only a part of it could
 * not be looked at.
 */
bool judge_was_tested(const json_t *cell);

/* How the cause of a cell begins that left something on the host; what it is follows. */
#define JUDGE_LEFT "left on the host: "

/*
 * Was no cell tested, or none completely? A run in which every cell is SKIP must not pass for one
 * that found nothing. For findings, or for their totals.
 */
#define JUDGE_NOTHING_TESTED "no cell was tested completely: each is SKIP"
bool judge_tested_nothing(const json_t *findings);

/* Exit status for findings, or for their totals: that of the worst verdict; 3 if nothing was
 * tested. */
int judge_exit_status(const json_t *findings);

#endif
