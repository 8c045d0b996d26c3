/*
 * TAP, version 13: one test point a cell, numbered as the cells are, with a YAML block of
 * diagnostics.
 *
 *   PASS, DONE         ok N - NAME
 *   an unexpected PASS ok N - NAME # TODO why     (a TODO that passes: `prove` says so)
 *   SKIP               ok N - NAME # SKIP which requirement
 *   XFAIL              not ok N - NAME # TODO why
 *   FAIL, ERROR, MISS  not ok N - NAME            (TAP has one word for them; the block has ours)
 *
 * The block has the diagnosis where the cell has one, a PASS too if a sign is in its logs.
 *
 * Every line is one that this renderer began: text that came from a guest is behind a directive, or
 * behind words of ours in the block, and has no newline. So no guest writes a test point.
 */
#ifndef IGD_REPORT_FORMATS_TAP_H
#define IGD_REPORT_FORMATS_TAP_H

#include "harness/report/stream.h"

/* Returns 0; -EIO if the stream failed; -ENOMEM. */
int render_tap(const json_t *findings, const struct render_options *options, FILE *stream);

#endif
