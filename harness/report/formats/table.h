/*
 * The table for people at a terminal.
 *
 * It is short: a line a cell, and below cells that are not PASS their cause. Cells of one cause
 * stand together, the worst verdict last. With `verbose` cells stand in the matrix's order, each
 * with every field.
 */
#ifndef IGD_REPORT_FORMATS_TABLE_H
#define IGD_REPORT_FORMATS_TABLE_H

#include "harness/report/stream.h"

/* Writes where the run was, the cells, and last the counts, the run directory and the command that
 * shows more. */
int render_table(const json_t *findings, const struct render_options *options, FILE *stream);

/* Cell by cell. */
struct findings_sink render_table_sink(struct rendering *rendering);

#endif
