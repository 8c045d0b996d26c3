/* The table for people at a terminal. */
#ifndef IGD_REPORT_FORMATS_TABLE_H
#define IGD_REPORT_FORMATS_TABLE_H

#include "harness/report/stream.h"

/*
 * Where the run was, then each cell with its verdict, its cause, what its logs say of that unless
 * it passed, and for each field what was expected and what the guest reported; last the counts.
 */
int render_table(const json_t *findings, const struct render_options *options, FILE *stream);

/* Cell by cell. */
struct findings_sink render_table_sink(struct rendering *rendering);

#endif
