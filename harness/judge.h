/*
 * The judge: from the record of a run to findings, docs/schema/findings.json. Reads documents, asks
 * the world nothing.
 *
 * An ending other than done is a verdict of its own (harness/ending.c). Only one that is the fault
 * of what is under test can be predicted, by an expectation of the field "ending". If it is met,
 * the findings decide, as in a cell that reported; if it is the known deviation, so is the cell,
 * and nothing else is looked for: the other expectations speak of the guest that there should have
 * been.
 *
 * Patterns explain a verdict, they do not make one, but for this: where QEMU or libxl refused a
 * guest for a reason that is known to be the host's own, nobody's fault but the host's is shown,
 * and the cell is MISS. If a cell is FAIL or worse by its ending or its findings, the first match
 * of severity "cause" begins its "cause", "LABEL: LINE; ...", and gives its "layer". What is left
 * on the host still goes before it.
 */
#ifndef IGD_JUDGE_H
#define IGD_JUDGE_H

#include <jansson.h>

#include "harness/findings.h"
#include "harness/patterns.h"
#include "harness/sight.h"
#include "harness/store.h"
#include "src/problem.h"

/*
 * Judges one cell. `plan_cell` has the expectations, `evidence` what the cell left: without
 * end.json it did not run. `report_trouble` says why there is no report although the cell ended
 * well, or is NULL. Returns a new entry for "cells", or NULL without memory.
 */
json_t *judge_cell(size_t index, const json_t *plan_cell, const json_t *identities,
	const struct evidence *evidence, const char *report_trouble);

/*
 * Judges a stored run by `plan`, the run's own or another: cells are found by name, where
 * `stored_plan` has them; `patterns` are looked for in their logs, NULL: none. Each finding goes to
 * `sink` as soon as it is made. Without a plan it is the run's own, read and forgotten cell by
 * cell: then the memory that this takes does not grow with the run. Returns 0, what the sink said,
 * or a negative errno if the store cannot be read, with the sentence.
 */
int judge_pour(const struct store *store, const json_t *run, const json_t *stored_plan,
	const json_t *plan, const struct patterns *patterns, const struct findings_sink *sink,
	struct problem *why);

/* The same for who needs the whole: 0 and the findings document, a new reference. */
int judge_run(const struct store *store, const json_t *run, const json_t *stored_plan,
	const json_t *plan, const struct patterns *patterns, json_t **findings_r,
	struct problem *why);

/*
 * Exit status for findings, or for their totals: that of the worst verdict; 3, with a word on
 * stderr, if no cell was tested at all: a run that skipped everything must not pass for one that
 * found nothing.
 */
int judge_exit_status(const json_t *findings);

#endif
