/* The report for a browser: one file that needs no network. docs/use/html-report.md describes it.
 */
#ifndef IGD_REPORT_FORMATS_HTML_H
#define IGD_REPORT_FORMATS_HTML_H

#include "harness/report/stream.h"

/*
 * Writes the page: the findings as JSON, a script that draws them, and for browsers without scripts
 * a table. Of each cell's folder it takes the screenshot, the journal and what the files' hashes
 * are, if there is a record. What it writes of each cell is kept in spools
 * (harness/base/spool/spool.h) until all cells are known. Returns 0; -EIO if the stream failed;
 * -ENOMEM; or what the spool said.
 */
struct findings_sink render_html_sink(struct rendering *rendering);
int render_html(const json_t *findings, const struct render_options *options, FILE *stream);

#endif
