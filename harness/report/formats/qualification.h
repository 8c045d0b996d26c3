/* What a release manager signs: verdict, grounds, coverage. docs/use/html-report.md describes it.
 */
#ifndef IGD_REPORT_FORMATS_QUALIFICATION_H
#define IGD_REPORT_FORMATS_QUALIFICATION_H

#include "harness/report/stream.h"

/*
 * The same content as Markdown and as a page to print. Of the record they take hashes only. The
 * same run directory gives the same bytes.
 */
int render_qualification_md(
	const json_t *findings, const struct render_options *options, FILE *stream);
int render_qualification_html(
	const json_t *findings, const struct render_options *options, FILE *stream);

#endif
