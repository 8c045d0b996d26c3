/*
 * KTAP, version 1 (Documentation/dev-tools/ktap.rst in Linux): a test a cell, and its expectations
 * as subtests.
 *
 *   PASS, DONE    ok N NAME
 *   SKIP          ok N NAME # SKIP which requirement
 *   XFAIL         ok N NAME # XFAIL why           (as ksft_test_result_xfail() in Linux prints it)
 *   FAIL          not ok N NAME
 *   ERROR, MISS   not ok N NAME # ERROR MISS: why
 *   FAIL, ERROR or MISS because a limit expired:
 *                 not ok N NAME # TIMEOUT MISS: why
 *
 * Before it are lines of diagnostics, if the cell has any. Every line is one that this renderer
 * began, and no text in it has a "#" of its own: a reader that looks for " # SKIP" anywhere finds
 * only ours.
 */
#ifndef IGD_REPORT_FORMATS_KTAP_H
#define IGD_REPORT_FORMATS_KTAP_H

#include "harness/report/stream.h"

/* Returns 0; -EIO if the stream failed; -ENOMEM. */
int render_ktap(const json_t *findings, const struct render_options *options, FILE *stream);

#endif
