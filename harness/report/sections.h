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
struct sections {
	struct sheet sheet;
	const json_t *findings, *summary; /* harness/judge/judge.h, harness/report/summary.h */
	const struct record *record;      /* NULL: there is none */
	const json_t *difference;         /* harness/compare/diff.h, NULL: there is no baseline */
};

/* A value as plain text, "nothing" for null. The sheet escapes it. */
void section_value(const json_t *value, char text[static TEXT_MAX]);

/* Adds to a text, with `between` if it is not the first. */
void section_add(char text[static TEXT_MAX], const char *between, const char *more);

/* "3 PASS, 2 XFAIL", of an object of verdicts. */
void section_counts(const json_t *counts, char text[static TEXT_MAX]);

/* Versions and host. */
void section_tested(const struct sections *sections);

/* Which generation and class of IGD was exercised, and which never. */
void section_coverage(const struct sections *sections);

/* How a class of harness/compare/diff.h reads beside a baseline, the gravest first; NULL ends. */
struct change_class {
	const char *class, *words;
	bool listed; /* by cell; else only counted */
};

extern const struct change_class change_classes[];

/* What changed since the baseline, in render_changes.c. How many cells of which class; nothing
 * without a baseline. */
void section_changes_base(const struct sections *sections);

/* The cells that changed, regressions first, and what was tested that is not the same. */
void section_changes(const struct sections *sections);

/* The hashes of what the verdict is from. */
void section_documents(const struct sections *sections);

/* Room for who signs. */
void section_sign_off(const struct sheet *sheet);

#endif
