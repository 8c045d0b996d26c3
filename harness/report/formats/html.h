/* The report for a browser: one file that needs no network. docs/use/html-report.md describes it.
 */
#ifndef IGD_REPORT_FORMATS_HTML_H
#define IGD_REPORT_FORMATS_HTML_H

#include "harness/report/stream.h"

#define RENDER_SCREEN_FILE "screen.png"
#define RENDER_IGD_SCREEN_FILE                                                                     \
	"igd-screen.png"             /* of the passed-through GPU: harness/backend/igd_screen.h */
#define RENDER_SCREEN_MAX (2u << 20) /* bytes of one screenshot */
/* Of all, of the cells that are FAIL or worse, and as much of the others. */
#define RENDER_SCREENS_COUNT 200
#define RENDER_SCREENS_MAX   (24u << 20) /* bytes; beyond, they are named */

/*
 * Writes the page: the findings as JSON, a script that draws them, and for browsers without scripts
 * a table. Of each cell's folder it takes the screenshot, the journal and what the files' hashes
 * are, if there is a record.
 */
int render_html(const json_t *findings, const struct render_options *options, FILE *stream);

#endif
