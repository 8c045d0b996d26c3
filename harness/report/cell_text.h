/*
 * What the renderers for machines have in common: a run in one line, a cell in one line and in a
 * few. Whatever text goes out from here has passed escape_text(): printable ASCII and nothing else,
 * so that a format's own escapes have only the format's own characters left to deal with.
 */
#ifndef IGD_REPORT_CELL_TEXT_H
#define IGD_REPORT_CELL_TEXT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "src/verdict.h"

/* The verdict of a cell or a finding; VERDICT_ERROR for a word that is none. */
enum verdict render_verdict(const json_t *judged);

/*
 * The verdict of the findings, logs and ending that a cell shows: its own, and of a FLAKY cell that
 * of the repeat that they are of, the worst that is an answer.
 */
enum verdict render_shown_verdict(const json_t *cell);

/* By what its files are found, in a struct record: of repeats those that the cell shows. Borrowed.
 */
const char *render_record(const json_t *cell);

/* Seconds from the first state of the cell to the last; 0 if it did not run. */
double render_seconds(const json_t *cell);

/* What an unexpected pass says of itself, or NULL. Borrowed, not escaped. */
const char *render_unexpected_pass(const json_t *cell);

/* Why the cell has its verdict, in one line; "" for a PASS that was expected. Borrowed, not
 * escaped. */
const char *render_reason_text(const json_t *cell);

/*
 * Is this line of its logs told with the cell, in every format? A cause and a grave line are, and
 * where the cell passes a sign too: nothing else of the cell speaks of it. A cell passes if it is
 * PASS or DONE, or if its guest ran to the end and the cell is XFAIL or SKIP.
 */
bool render_tells(const json_t *cell, const json_t *match);

/* Is this line told with a cell that passes? Then no format may be silent of it. */
bool render_is_sign(const json_t *cell, const json_t *match);

/* Does the cell have one? */
bool render_has_signs(const json_t *cell);

/* Does it have an expectation whose value to compare with is not known? Then no format may be
 * silent of that in a cell that passes. */
bool render_is_incomplete(const json_t *cell);

/* Does it have either? Then render_remarks() has a text. */
bool render_has_remarks(const json_t *cell);

/* Has the cell more to say than its verdict? Not a PASS that was expected, nor a DONE, in which
 * everything was compared, without a sign in its logs. */
bool render_has_diagnosis(const json_t *cell);

/*
 * Each writes to the stream, escaped, without a newline at the end:
 *
 * the name under which a run's cells are unique, MATRIX.BACKEND, and behind it ".not-hardware"
 * unless an Intel GPU of real hardware was tested: so no reader takes the one for the other, and
 * none compares them;
 */
void render_suite(const json_t *findings, FILE *stream);
/* what was tested, "back end libxl, xen 4.17.7, qemu 7.2.22"; */
void render_versions(const json_t *identities, FILE *stream);
/* was it hardware, harness/base/measured_on.h: "not hardware: a virtual lab on QEMU Standard PC";
 */
void render_measured_on(const json_t *findings, FILE *stream);
/* what was tested and on what: versions, and what render_measured_on() writes; */
void render_place(const json_t *findings, FILE *stream);
/* render_reason_text(); of a PASS that was expected render_remarks(); */
void render_reason(const json_t *cell, FILE *stream);
/* "signs in its logs: LABEL, LABEL", or "" for a cell without; no text of a guest is in it; */
void render_signs(const json_t *cell, FILE *stream);
/* "2 expectations are not compared: NOTE", the note of the first of them, or ""; */
void render_not_compared(const json_t *cell, FILE *stream);
/* both: what was not compared, and the signs; */
void render_remarks(const json_t *cell, FILE *stream);
/* "log LABEL, layer LAYER: MEANING" of a sign, as text by `write`, which escapes; a line; */
void render_sign(const json_t *match, void (*write)(FILE *stream, const char *text), FILE *stream);
/*
 * the reason, who is to be looked at first, each finding that is not PASS with its source, and what
 * render_tells() of its logs: lines, separated by newlines.
 */
void render_diagnosis(const json_t *cell, FILE *stream);

/* Text, escaped. The caller frees. NULL without memory. */
char *render_escaped(const char *text);

/* What one of these writes, as text. The caller frees. NULL without memory. */
char *render_string(void (*write)(const json_t *document, FILE *stream), const json_t *document);

#endif
