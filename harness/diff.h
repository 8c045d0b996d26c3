/*
 * What changed between two runs: the document that `diff` prints.
 *
 * {
 *   "format": "igd-harness difference", "version": 1,
 *   "a": {"dir": "...", "started": "...", "harness": "0.2.0", "verdict": "PASS",
 *         "run_sha256": "..."}, "b": {...},              of its run.json; null: it cannot be read
 *   "identities": [ {"what": "versions.qemu", "a": "7.2.22", "b": "10.0.13"} ],
 *   "classes": {"regression": 1, "same": 14},         cells by class; only classes that occur
 *   "cells": [ {
 *     "name": "...", "class": "regression",
 *     "a": "PASS", "b": "FAIL",                       verdicts; null: the run has no such cell
 *     "cause": "igd/address: expected ...",           of b; "" for none
 *     "changes": [ {"what": "pci.functions[0000:00:02.0].device", "a": ..., "b": ...} ],
 *                                                     null: it is not there
 *     "more": 0                                       changes that are left out
 *   } ]                                               in the order of b, then those only a has
 * }
 *
 * The class of a cell comes from history, as osstest's reports have it, not from its verdict alone:
 *
 *   same, changed    as expected in both; "changed": but not all that was seen is the same
 *   regression       it was as expected in a, or the known deviation, and FAILs in b
 *   never passed     FAILs in b, and was as expected neither in a nor in any run of the history
 *   like a           FAILs in both, by the same findings
 *   other failure    FAILs in both, by others
 *   fixed            as expected in b, and was not in a
 *   known            the known deviation in b, which it was not in a
 *   not tested       SKIP, ERROR or MISS in b: nothing is known
 *   only a, only b   the other run has no such cell
 */
#ifndef IGD_DIFF_H
#define IGD_DIFF_H

#include <jansson.h>
#include <stddef.h>
#include <stdio.h>

#include "harness/store.h"
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

/* 1 if a cell regressed or fails otherwise than in a, else 0: what never passed blocks nobody, as
 * with osstest. */
int diff_exit_status(const json_t *difference);

/* Prints it for people. Returns 0, or -EIO. */
int diff_render(const json_t *difference, FILE *stream);

/* Prints one entry of "changes" as a line: `indent`, then "WHAT: A -> B". */
void diff_render_change(const json_t *change, const char *indent, FILE *stream);

#endif
