/*
 * LAVA's signals, as a test shell on a serial console or over ssh prints them: no text but names
 * and the meanings of patterns, so that nothing a guest said is ever on a line that LAVA searches.
 *
 *   <LAVA_SIGNAL_TESTSET START SUITE>
 *   <LAVA_SIGNAL_STARTTC NAME>
 *   log LABEL, layer LAYER: MEANING          a sign in the logs of a cell that passes
 *   <LAVA_SIGNAL_ENDTC NAME>
 *   <LAVA_SIGNAL_TESTCASE TEST_CASE_ID=NAME RESULT=pass UNITS=seconds MEASUREMENT=4.250>
 *   <LAVA_SIGNAL_TESTSET STOP>
 *
 * LAVA keeps the line between the signals as output of the case. It has no < and no >.
 *
 * LAVA knows pass, fail, skip and unknown, and loses a case with any other word:
 *
 *   PASS, DONE   pass
 *   SKIP, XFAIL  skip
 *   FAIL         fail
 *   ERROR, MISS  unknown
 *
 * Its server takes names of [-_a-zA-Z0-9.+]: the @ of a cell's name becomes +, which no cell's name
 * has (harness/plan/plan.c), so that two names stay two.
 */
#ifndef IGD_REPORT_FORMATS_LAVA_H
#define IGD_REPORT_FORMATS_LAVA_H

#include "harness/report/stream.h"

/* Returns 0; -EIO if the stream failed; -ENOMEM. */
int render_lava(const json_t *findings, const struct render_options *options, FILE *stream);

#endif
