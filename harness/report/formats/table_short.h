/*
 * The short form of the table, and what it has in common with the long one.
 */
#ifndef IGD_REPORT_FORMATS_TABLE_SHORT_H
#define IGD_REPORT_FORMATS_TABLE_SHORT_H

#include <jansson.h>
#include <stdio.h>

#include "harness/report/stream.h"

#define TABLE_VERDICT 5 /* columns: "XFAIL" */

/* Writes a verdict, in its colour if there are colours, padded to `width` columns. */
void table_verdict(FILE *stream, const struct render_options *options, const char *name, int width);

/* Writes the name of a cell, and how long it took if it ran. */
void table_name(const json_t *cell, FILE *stream);

/* Prints sentences, a line of the escaped text each, further in than a cell, wrapped and cut. */
void table_sentences(const char *text, FILE *stream);

/*
 * Prints a cell that is PASS, in one line; keeps in `rendering->kept` the line of each other cell
 * and of a PASS that was not expected, by its cause. Returns 0 or -ENOMEM.
 */
int table_short_cell(struct rendering *rendering, const json_t *cell);

/* Prints what was kept. */
void table_short_end(const struct rendering *rendering);

#endif
