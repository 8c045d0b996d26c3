/*
 * Between the files of the qualification: its texts, and the parts that say what the run was of.
 */
#ifndef IGD_REPORT_SECTIONS_H
#define IGD_REPORT_SECTIONS_H

#include <jansson.h>

#include "harness/report/sheet.h"
#include "harness/store/record_view.h"

#define TEXT_MAX 2048 /* bytes of a text on it; what is behind is cut */

/* All borrowed. */
struct paper {
	struct sheet sheet;
	const json_t *findings, *summary; /* harness/judge/judge.h, harness/report/summary.h */
	const struct record *record;      /* NULL: there is none */
	const json_t *difference;         /* harness/compare/diff.h, NULL: there is no baseline */
};

/* A value as plain text, "nothing" for null. The sheet escapes it. */
void paper_value(const json_t *value, char text[static TEXT_MAX]);

/* Adds to a text, with `between` if it is not the first. */
void paper_add(char text[static TEXT_MAX], const char *between, const char *more);

/* "3 PASS, 2 XFAIL", of an object of verdicts. */
void paper_counts(const json_t *counts, char text[static TEXT_MAX]);

/* Versions and host. */
void paper_tested(const struct paper *paper);

/* Which generation and class of IGD was exercised, and which never. */
void paper_coverage(const struct paper *paper);

/* What changed since the baseline, in render_changes.c. How many cells of which class; nothing
 * without a baseline. */
void paper_changes_ground(const struct paper *paper);

/* The cells that changed, regressions first, and what was tested that is not the same. */
void paper_changes(const struct paper *paper);

/* The hashes of what the verdict is from. */
void paper_documents(const struct paper *paper);

/* Room for who signs. */
void paper_sign_off(const struct sheet *sheet);

#endif
