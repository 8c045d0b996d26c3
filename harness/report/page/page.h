/* The parts of the HTML pages, embedded when the program is built. */
#ifndef IGD_REPORT_PAGE_PAGE_H
#define IGD_REPORT_PAGE_PAGE_H

#include "harness/base/embedded.h"

/* report.html: the template of the report, in which @NAME@ is replaced. */
extern const struct embedded page_report;
extern const struct embedded page_report_style, page_report_script;

/* Likewise qualification.html, which has no script. */
extern const struct embedded page_qualification;
extern const struct embedded page_qualification_style;

/* The same page for runs side by side. */
extern const struct embedded page_comparison_style;

/* And for the qualification of several releases. */
extern const struct embedded page_releases_style;

#endif
