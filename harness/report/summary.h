/*
 * What findings (harness/judge/judge.h) come to: what the HTML report and the qualification say of
 * a whole run. Derived from the findings alone, the same bytes for the same findings.
 *
 * {
 *   "decision": "not qualified",   "qualified", "qualified with known deviations", "undecided"
 *   "grounds": ["1 of 5 cells is not as expected", ...],     why, one sentence each
 *   "measured_on": {...},             harness/base/measured_on.h
 *   "coverage": [...],                harness/report/coverage.h
 *   "known": [ {"id": of the expectation, "known": its own or null, "field", "expected", "seen",
 *               "why", "source", "until": "2027-06-30" or "qemu >=11.0" or null,
 *               "cells": [0, 3]} ],   known deviations that were seen, and in which cells
 *   "gone": [ ... ],                  likewise, those that should have been and were not
 *   "expired": [ ... ],               likewise, those that were to be gone by now
 *   "unanswered": [ {"verdict": "MISS", "cause": "...", "layer": "host", "cells": [2]} ]
 *                                     SKIP, ERROR and MISS by their reason
 * }
 */
#ifndef IGD_REPORT_SUMMARY_H
#define IGD_REPORT_SUMMARY_H

#include <jansson.h>

/* Returns a new object, or NULL without memory. */
json_t *summary_of(const json_t *findings);

/* The same for findings that come cell by cell (harness/judge/findings_sink.h). */
struct summary_draft;

/* `head` is what is known before the first cell; borrowed until the end. NULL without memory. */
struct summary_draft *summary_begin(const json_t *head);
void summary_cell(struct summary_draft *draft, const json_t *cell);

/* The summary, as summary_of(), by the counts in `totals`. */
json_t *summary_end(struct summary_draft *draft, const json_t *totals);

/* NULL is fine. */
void summary_free(struct summary_draft *draft);

/*
 * The guest image that cells had in place of the matrix's own (`run --guest`), or NULL. Borrowed.
 */
const char *summary_other_guest(const json_t *findings);

/* "1 cell", "3 cells": in one place, for every renderer. The text is static. */
const char *summary_plural(size_t count, const char *one, const char *many);

#endif
