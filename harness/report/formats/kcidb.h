/*
 * KCIDB's report format, version 5.3 (kcidb-io, "Kernel CI reporting I/O schema v5.3"): a document
 * with one checkout, one build, a test a cell, and the known deviations as issues.
 *
 *   checkout, build  the Xen, libxl and QEMU that were tested, as they were installed: made by
 *                    nobody here, so the build has no status, and their versions are in `comment`
 *   test             status is our verdict, whose words and order are KCIDB's; path is
 *                    igd_harness.MATRIX.CELL; log_excerpt has the diagnosis
 *   issue, incident  KCIDB has no XFAIL: what it has for a failure that is known is an issue and an
 *                    incident that ties it to the test. So XFAIL is FAIL, with an incident for each
 *                    known deviation, and misc.verdict says XFAIL.
 *
 * Identifiers, each "igd_harness:" and a digest of what makes the thing what it is, so that the
 * same run gives the same report, and another run another test of the same build:
 *
 *   checkout, build  versions, and the digest of the device model
 *   test             the run's start, identities and matrix; then ":" and the cell's name
 *   issue            the matrix, the expectation and what is known
 *   incident         the test's, then ":", the issue's
 *
 * Nothing names the host: the database is public. No property is null, as the schema demands.
 */
#ifndef IGD_REPORT_FORMATS_KCIDB_H
#define IGD_REPORT_FORMATS_KCIDB_H

#include "harness/report/stream.h"

/* Returns 0; -EIO if the stream failed; -ENOMEM. */
int render_kcidb(const json_t *findings, const struct render_options *options, FILE *stream);

#endif
