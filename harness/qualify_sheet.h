/*
 * Between the files that write a qualification on a sheet: its parts, in the order in which they
 * stand there. Each is made of the document alone.
 */
#ifndef IGD_QUALIFY_SHEET_H
#define IGD_QUALIFY_SHEET_H

#include <jansson.h>

#include "harness/compare.h"
#include "harness/render_paper.h"

/* Columns of a table: those of the runs or releases, and those before. */
#define QUALIFY_COLUMNS_MAX (COMPARE_RUNS_MAX + 4)

/* "a, b, c" of an array of texts, and what of them did not fit. */
void qualify_join(const json_t *texts, char text[static TEXT_MAX]);

/* The number of runs of a document. */
size_t qualify_runs(const json_t *document);

/* What a ground is of, in words; "" if it is of all that is here. */
void qualify_of(const json_t *document, const json_t *ground, char text[static TEXT_MAX]);

/*
 * A table with a column for each entry of `entries`, by their text at `key`, behind `first` ones;
 * these end with NULL. Returns how many columns the entries have.
 */
size_t qualify_table(const struct sheet *sheet, const char *const *first, const json_t *entries,
	const char *key);

/* In qualify_sheet_cells.c. */
void qualify_sheet_verdicts(const struct sheet *sheet, const json_t *document);
void qualify_sheet_steps(const struct sheet *sheet, const json_t *document);
void qualify_sheet_fields(const struct sheet *sheet, const json_t *document);
void qualify_sheet_failures(const struct sheet *sheet, const json_t *document);
void qualify_sheet_known(
	const struct sheet *sheet, const json_t *document, const char *key, const char *title);
void qualify_sheet_unanswered(const struct sheet *sheet, const json_t *document);
void qualify_sheet_unrun(const struct sheet *sheet, const json_t *document);
void qualify_sheet_transitions(const struct sheet *sheet, const json_t *document);

/* In qualify_sheet_hosts.c. */
void qualify_sheet_releases(const struct sheet *sheet, const json_t *document);
void qualify_sheet_preflight(const struct sheet *sheet, const json_t *document);
void qualify_sheet_abi(const struct sheet *sheet, const json_t *document);

/* In qualify_sheet_day.c: all that is another in a second run. */
void qualify_sheet_day(const struct sheet *sheet, const json_t *document);

#endif
