/* The parts of the HTML pages, embedded when the program is built: harness/report/page/embed. */
#ifndef IGD_REPORT_PAGE_PAGE_H
#define IGD_REPORT_PAGE_PAGE_H

#include <stddef.h>

struct page_part {
	const char *bytes; /* with a 0 behind them */
	size_t length;
	const char *hash; /* as a Content-Security-Policy names it */
};

/* report.html: the template of the report, in which @NAME@ is replaced. */
extern const struct page_part page_report;
extern const struct page_part page_report_style, page_report_script;

/* Likewise qualification.html, which has no script. */
extern const struct page_part page_qualification;
extern const struct page_part page_qualification_style;

/* The same page for runs side by side. */
extern const struct page_part page_comparison_style;

/* And for the qualification of several releases. */
extern const struct page_part page_releases_style;

#endif
