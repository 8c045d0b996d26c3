/*
 * Version ranges, as an expectation says when it holds: ">=7.0 <10.0".
 *
 * A version is dotted whole numbers, compared one by one as numbers: 7.2.22 is newer than 7.2.3,
 * and 7.2 equals 7.2.0. A range is comparators (>=, >, <=, <, =) with a space between; all must
 * hold.
 * "=7.2" is 7.2.0 alone; every 7.2.x is ">=7.2 <7.3".
 */
#ifndef IGD_BASE_VERSION_RANGE_H
#define IGD_BASE_VERSION_RANGE_H

#include <jansson.h>
#include <stdbool.h>

#include "src/problem.h"

#define VERSION_RANGE_PARTS_MAX 8         /* numbers in one version */
#define VERSION_RANGE_PART_MAX  999999999 /* greatest number of a part */

/*
 * Checks that `range` can be read and that at least one version lies in it.
 * Returns 0, or -EINVAL with what is wrong and how to write it in `why`.
 */
int version_range_check(const char *range, struct problem *why);

/*
 * Does `version` lie in `range`? Returns 0 and the answer in *match_r; -EINVAL if either cannot be
 * read. A text such as "7.2.22 (Debian ...)" is no version: the caller gives the dotted numbers.
 */
int version_range_match(const char *range, const char *version, bool *match_r);

/*
 * Do the detected versions, {"qemu": "7.2.22", ...}, lie in all of `ranges`, {"qemu": ">=7.0"}? No
 * ranges always hold. A version that was not detected cannot be judged by: true, and *unknown_r
 * names it; otherwise *unknown_r stays.
 */
bool version_ranges_hold(const json_t *ranges, const json_t *detected, const char **unknown_r);

#endif
