/*
 * The judge: from the record of a run to findings. Reads documents, asks the world nothing.
 *
 * {
 *   "format": "igd-harness findings", "version": 1,
 *   "harness": "0.1.0", "matrix": {"name": ..., "file": ..., "sha256": ...},
 *   "identities": {... as in run.json ...},
 *   "verdict": "FAIL",                the worst of the cells
 *   "counts": {"PASS": 2, "FAIL": 1}, cells by verdict; only verdicts that occur
 *   "cells": [ {
 *     "index": 0, "name": "...", "words": {...}, "verdict": "FAIL",
 *     "ending": "done",               null if the cell has no end.json: it did not run
 *     "layer": null,                  who is to be looked at first, if the ending says so
 *     "cause": "display/mode: expected \"1280x800\", seen \"1024x768\"",   one line; "" for PASS
 *     "times_ms": {...},              as in end.json
 *     "findings": [ {"id": ..., "field": ..., "verdict": "FAIL", "expected": ..., "seen": ...,
 *                    "source": ..., "note": "why ERROR or XFAIL, or that a pass is unexpected"} ]
 *   } ]
 * }
 */
#ifndef IGD_JUDGE_H
#define IGD_JUDGE_H

#include <jansson.h>

#include "harness/store.h"
#include "src/problem.h"

/*
 * Judges one cell. `plan_cell` has the expectations; `end` is its end.json or NULL if it did not
 * run; `report` is a checked report or NULL; `report_trouble` says why there is none although the
 * cell ended well, or is NULL. Returns a new entry for "cells", or NULL without memory.
 */
json_t *judge_cell(size_t index, const json_t *plan_cell, const json_t *identities,
	const json_t *end, const json_t *report, const char *report_trouble);

/*
 * Judges a stored run by `plan`, the run's own or another: cells are found by name. Returns 0 and
 * the findings document (new reference), or a negative errno if the store cannot be read.
 */
int judge_run(const struct store *store, const json_t *run, const json_t *stored_plan,
	const json_t *plan, json_t **findings_r, struct problem *why);

/*
 * Exit status for findings: that of the worst verdict; 3, with a word on stderr, if no cell was
 * tested at all: a run that skipped everything must not pass for one that found nothing.
 */
int judge_exit_status(const json_t *findings);

#endif
