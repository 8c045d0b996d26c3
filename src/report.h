/*
 * The report document: what an agent saw from inside a guest. docs/use/guest-report.md describes
 * every field.
 *
 * A report is hostile until report_parse() has passed it: only what that returned may be read.
 */
#ifndef IGD_REPORT_H
#define IGD_REPORT_H

#include <jansson.h>
#include <stddef.h>

#include "src/bdf.h"
#include "src/problem.h"

#define REPORT_VERSION       1
#define REPORT_FUNCTIONS_MAX 256  /* PCI functions: more than any guest here has, and bounded */
#define REPORT_DESKTOP_MAX   16   /* outputs and windows of a display server */
#define REPORT_LIST_MAX      1024 /* entries of any other list, members of any object */
#define REPORT_TEXT_MAX      2048 /* bytes of any string or key: an EDID of 8 blocks in hex */
#define REPORT_DEPTH_MAX     16   /* levels; the deepest described one, a mode's width, is at 8 */

/* Bytes: a message of the wire is at most 1,024,000; stored with line breaks it is longer. */
#define REPORT_SIZE_MAX (4u << 20)

/*
 * Parses and checks what came from a guest: JSON, its size, the version, then the type of every
 * field that is described, the length of every list and string, and that no PCI address occurs
 * twice. Fields nobody described are kept and not looked at, within the same bounds.
 *
 * Returns 0 and a new reference; -EINVAL, -EPROTO (a newer report) or -E2BIG, with the path of the
 * first thing that is wrong in `why`, which holds printable ASCII of the report's text only.
 */
int report_parse(const char *text, size_t length, json_t **report_r, struct problem *why);

/*
 * Only the second half of that, for what is in memory already and has bounded depth, such as what a
 * host says of itself in the same words. Returns 0 or -EINVAL.
 */
int report_check(const json_t *report, struct problem *why);

/* Returns the function at that address (borrowed), or NULL. */
const json_t *report_function(const json_t *report, struct bdf where);

#endif
