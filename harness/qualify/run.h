/*
 * Accessors of a run of struct qualify_sources and of the document. Strings and references are
 * borrowed unless it says otherwise.
 */
#ifndef IGD_QUALIFY_RUN_H
#define IGD_QUALIFY_RUN_H

#include <jansson.h>

/* The name of the run's matrix, and its release; "" if the run has none. */
const char *qualify_matrix(const json_t *run);
const char *qualify_release(const json_t *run);

/* The identities of the run's host; of a merged run (harness/store/merge.h) those of its first
 * host. */
const json_t *qualify_identities(const json_t *run);

/* "seed-igd in trixie". New reference. */
json_t *qualify_name(const json_t *run);

/*
 * Why a cell is not as expected: its first finding with the cell's verdict; or how the cell ended,
 * with the label of its first log pattern; or, of a skipped cell, the requirement that is not met.
 * It has no text of logs, which may differ in the next run. New reference.
 */
json_t *qualify_cell_reason(const json_t *cell);

/* The entry of "releases" with that name in the document, or NULL. */
const json_t *qualify_find_release(const json_t *document, const char *name);

/*
 * The part of the document that may differ between two runs with the same result: "volatile", or
 * "day" in documents of older versions. NULL if it has none.
 */
const json_t *qualify_volatile_part(const json_t *document);

#endif
