/*
 * JUnit XML, in the dialect that GitLab, Jenkins and junitparser all read.
 *
 * One document a run: <testsuites> with one <testsuite>, and one <testcase> a cell. Its classname
 * is render_suite()'s and its name the cell's, so that the pair is unique: readers drop the second
 * of two that are equal. `time` is in seconds.
 *
 *   PASS, DONE   nothing inside
 *   SKIP         <skipped message="which requirement">
 *   XFAIL        <skipped message="expected failure: why">
 *   FAIL         <failure type="FAIL">
 *   ERROR, MISS  <error type="ERROR"> or "MISS"
 *
 * <system-out> has the whole diagnosis, only where something failed or passed unexpectedly, or
 * where a cell passed with a sign in its logs.
 * Text is escaped by escape_text() first: a character that XML 1.0 forbids never gets here.
 */
#ifndef IGD_REPORT_FORMATS_JUNIT_H
#define IGD_REPORT_FORMATS_JUNIT_H

#include "harness/report/stream.h"

/* Keeps the test cases in a spool (harness/base/spool/spool.h), since the sums of all cells come
 * before them. */
struct findings_sink render_junit_sink(struct rendering *rendering);

/* Returns 0; -EIO if the stream failed; -ENOMEM; or what the spool said. */
int render_junit(const json_t *findings, const struct render_options *options, FILE *stream);

#endif
