/*
 * The judge: from the record of a run to findings. Reads documents, asks the world nothing.
 *
 * {
 *   "format": "igd-harness findings", "version": 1,
 *   "harness": "0.2.0",               what made the run
 *   "judged_by": "0.2.0-dev-g...",    what judged it (harness/build_version.h); findings of before
 *                                     0.2.0 lack it
 *   "matrix": {"name": ..., "file": ..., "sha256": ...},
 *   "started": "2026-...Z",           as in run.json
 *   "identities": {... as in run.json ...},
 *   "measured_on": {...},             was it hardware? harness/measured_on.h; absent in findings of
 *                                     before the judge decided it
 *   "shard": {"index": 2, "count": 4, "elsewhere": 13},
 *                                     which cells this run has (harness/shard.h), and how many of
 *                                     the matrix other shards have; absent if it was not cut
 *   "patterns": {"file": ..., "sha256": ...},
 *                                     by which the logs were searched; null: they were not
 *   "cells": [ {
 *     "index": 0, "name": "...", "words": {...}, "verdict": "FAIL",
 *     "guest": "tiny", "in_place_of": "linux",
 *                                     its guest image, and the matrix's own if it was another
 *                                     (harness/plan.h); both as in the plan that was run
 *     "ending": "done",               null if the cell has no end.json: it did not run
 *     "layer": null,                  who is to be looked at first: the layer of the pattern that
 *                                     is the cause, what the ending says, or the first layer whose
 *                                     view of a wrong field is wrong (harness/views.h)
 *     "cause": "display/mode: expected \"1280x800\", seen \"1024x768\"",   one line; "" for PASS
 *     "times_ms": {...},              as in end.json
 *     "findings": [ {"id": ..., "field": ..., "verdict": "FAIL", "expected": ..., "seen": ...,
 *                    "source": ..., "note": "why ERROR or XFAIL, or that a pass is unexpected",
 *                    "known": {...}} ],  the known deviation it is about
 *                                     (harness/plan.h)
 *     "logs": [ {"label": ..., ...} ], matches of patterns in the cell's logs, harness/patterns.h
 *     "transition": {...},            of a transition: as in end.json, and, if two guests reported,
 *                                     what harness/transition.h makes of their reports
 *     "views": {...},                 harness/views.h; absent if there is no evidence of any
 *     "shard": 2,                     whose it was, if the plan was cut (harness/shard.h)
 *     "pruned": ["console.log"],      files that `igd-harness prune` removed, if any
 *     "logs_cut": ["console.log"]     files of which only the beginning was searched, if any;
 *                                     of a restored guest "restored/console.log"
 *   } ],
 *   "verdict": "FAIL",                the worst of the cells
 *   "counts": {"PASS": 2, "FAIL": 1}  cells by verdict; only verdicts that occur
 * }
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
#include <stdbool.h>

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
 * Was no cell tested at all? A run that skipped every cell must not pass for one that found
 * nothing. For findings, or for their totals.
 */
#define JUDGE_NOTHING_TESTED "nothing was tested: every cell was skipped"
bool judge_tested_nothing(const json_t *findings);

/* Exit status for findings, or for their totals: that of the worst verdict; 3 if nothing was
 * tested. */
int judge_exit_status(const json_t *findings);

#endif
