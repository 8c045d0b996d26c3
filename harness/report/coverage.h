/*
 * Which Intel display functions guests really had in a run, by generation and class, from the
 * findings: "covered" of docs/schema/qualification.json.
 *
 * One entry for the host; in a merged run (harness/store/merge.h) one for each kind among its
 * hosts.
 */
#ifndef IGD_REPORT_COVERAGE_H
#define IGD_REPORT_COVERAGE_H

#include <jansson.h>
#include <stddef.h>

#include "harness/host/igd_ids.h"

/* Returns a new array, or NULL without memory. */
json_t *coverage_of(const json_t *findings);

/* The same cell by cell: what is before the first cell, by the identities of the run, each cell,
 * and what makes the array of it. */
json_t *coverage_begin(const json_t *identities);
void coverage_cell(json_t *coverage, const json_t *cell);
void coverage_end(json_t *coverage);

/* The lines of a report's table of coverage: platforms of igd_ids_builtin(), one for each title.
 * Begin with *number = 0. Returns NULL behind the last. */
const struct igd_platform *coverage_next(size_t *number);

/* The cells of all entries. */
size_t coverage_cells(const json_t *coverage);

#endif
