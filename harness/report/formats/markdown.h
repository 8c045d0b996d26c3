/*
 * Markdown of a run for a comment on a merge request: the verdict, what was tested and on what, a
 * row for each cell that is not as expected, has no answer or signs in its logs, and below them the
 * fields and the lines of the logs behind each FAIL, ERROR and MISS. With a baseline also what
 * changed since then.
 *
 * All text is escaped by harness/report/sheet.h: none from a guest is a heading, a row, a link or a
 * mention of somebody.
 */
#ifndef IGD_REPORT_FORMATS_MARKDOWN_H
#define IGD_REPORT_FORMATS_MARKDOWN_H

#include "harness/report/stream.h"

/* Returns 0; -EIO if the stream failed; -ENOMEM. */
int render_markdown(const json_t *findings, const struct render_options *options, FILE *stream);

#endif
