/*
 * A mail, ready for sendmail(1) but for its addresses: the verdict, what to look at first, what
 * changed since a baseline, and each cell that is not as expected, as the short table prints it.
 *
 *   Subject: [igd-harness] seed-igd: FAIL, 1 of 18 cells, not hardware
 *   In-Reply-To: <ID>                  only if one was given
 *
 * Every byte is printable ASCII or a newline, and no line is longer than the 998 bytes of RFC 5322,
 * 2.1.1: texts are wrapped at 100 columns, and cut.
 */
#ifndef IGD_REPORT_FORMATS_MAIL_H
#define IGD_REPORT_FORMATS_MAIL_H

#include "harness/report/stream.h"

/* Returns 0; -EIO if the stream failed; -ENOMEM. */
int render_mail(const json_t *findings, const struct render_options *options, FILE *stream);

#endif
