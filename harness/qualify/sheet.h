/*
 * The sections of a qualification as Markdown or HTML (harness/report/sections.h), in their order
 * on the page, and helpers that they share. Each is made from the document alone.
 */
#ifndef IGD_QUALIFY_SHEET_H
#define IGD_QUALIFY_SHEET_H

#include <jansson.h>

#include "harness/compare/compare.h"
#include "harness/report/sections.h"

/* Columns of a table: one for each run or release, and those before them. */
#define QUALIFY_COLUMNS_MAX (COMPARE_RUNS_MAX + 4)

/* Joins an array of strings: "a, b, c". Strings that do not fit are counted: "and 3 more". */
void qualify_join(const json_t *texts, char text[static TEXT_MAX]);

/* The number of runs in the document, over all matrices. */
size_t qualify_runs(const json_t *document);

/* The runs or releases that a reason applies to: "in every run", or their names; "" if none. */
void qualify_of(const json_t *document, const json_t *reason, char text[static TEXT_MAX]);

/*
 * Begins a table. Its columns are `first`, which ends with NULL, and one for each of `entries`,
 * named by its string at `key`. Returns the number of columns that entries have, at most
 * COMPARE_RUNS_MAX.
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

/* In qualify_sheet_day.c: everything that may differ between two runs with the same result. */
void qualify_sheet_volatile(const struct sheet *sheet, const json_t *document);

#endif
