#ifndef IGD_REPORT_FORMATS_VIEWS_H
#define IGD_REPORT_FORMATS_VIEWS_H

#include "harness/report/stream.h"

/*
 * For people: the views of each cell (harness/views/views.h), device by layer, with a "!" where
 * they part and why. Functions that agree are only counted. Cells without views are left out.
 * Returns 0 or -EIO.
 */
int render_views(const json_t *findings, const struct render_options *options, FILE *stream);

#endif
