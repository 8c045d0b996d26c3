/* The findings document itself, as harness/judge/judge.h has it. */
#ifndef IGD_REPORT_FORMATS_JSON_H
#define IGD_REPORT_FORMATS_JSON_H

#include "harness/report/stream.h"

int render_json(const json_t *findings, const struct render_options *options, FILE *stream);

/* Cell by cell; the bytes are the same. */
struct findings_sink render_json_sink(struct rendering *rendering);

/*
 * For documents that are written piece by piece: a value as jansson writes it with an indent of
 * one, in a document where it is below `depth` objects or lists; and the members of an object that
 * is the document, each behind "," but the first, which is behind `between`. Return 0, -EIO if the
 * stream failed, or -ENOMEM.
 */
int render_json_value(FILE *stream, const json_t *value, int depth);
int render_json_members(FILE *stream, const json_t *object, const char *between);

#endif
