/* The findings document itself, as harness/judge/judge.h has it. */
#ifndef IGD_REPORT_FORMATS_JSON_H
#define IGD_REPORT_FORMATS_JSON_H

#include "harness/report/stream.h"

int render_json(const json_t *findings, const struct render_options *options, FILE *stream);

/* Cell by cell; the bytes are the same. */
struct findings_sink render_json_sink(struct rendering *rendering);

#endif
