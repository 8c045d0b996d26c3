/*
 * The search: which of a list to test next. Pure: it asks nobody but through its arguments.
 */
#ifndef IGD_BISECT_SEARCH_H
#define IGD_BISECT_SEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "harness/bisect/bisect.h"

/*
 * Between which two the change is: *good_r is the last good one below *bad_r, the first bad one.
 * The first of `count` answers is good and the last is bad. Those between the two are candidates
 * that could not be tested; if there are none, *bad_r is the first bad one.
 */
void bisect_bounds(const enum bisect_answer *answers, size_t count, size_t *good_r, size_t *bad_r);

/*
 * Which to test next: the middle one of those between the bounds that are not skipped. With c
 * candidates (all but the good end) it says at most ceil(log2 c) that come out good or bad, however
 * many are skipped, for each of these leaves at most half. -1: there is nothing left to test.
 */
ssize_t bisect_next(const enum bisect_answer *answers, size_t count);

/* ceil(log2 n); 0 for 0. */
unsigned int bisect_steps(size_t n);

#define BISECT_PARTS_MAX 16 /* that a tuple has */

/* Is it bad with these parts changed? May be asked the same again. */
typedef enum bisect_answer bisect_ask(void *data, const bool *changed);

/*
 * Which of `count` changes are guilty: with none of them it is good, with all it is bad. One after
 * the other is applied, and the one that makes it bad is guilty; then again with that one applied
 * first, until those found are bad without any other. What comes out is bad, and good without the
 * last that was found; where guilt is monotone (more changes never repair), good without any of
 * them. Returns BISECT_BAD and the guilty in `guilty_r`; BISECT_SKIP if what could not be tested
 * leaves it open, with those found so far; BISECT_STOP if a question was answered so.
 */
enum bisect_answer bisect_blame(size_t count, bisect_ask *ask, void *data, bool *guilty_r);

#endif
