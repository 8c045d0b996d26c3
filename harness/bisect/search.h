/*
 * The search: which entry of a list to test next. The functions are pure: their only input is their
 * arguments.
 */
#ifndef IGD_BISECT_SEARCH_H
#define IGD_BISECT_SEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "harness/bisect/bisect.h"

/*
 * Finds the bounds of the change: *bad_r is the first bad entry, *good_r the last good entry before
 * it. The first of `count` answers is good and the last is bad. Entries between the bounds are
 * candidates that could not be tested; without such entries, *bad_r is the first bad entry.
 */
void bisect_bounds(const enum bisect_answer *answers, size_t count, size_t *good_r, size_t *bad_r);

/*
 * Returns the entry to test next: the middle one of the entries between the bounds that are not
 * skipped; -1 if no entry is left. With c candidates (all but the good end), at most ceil(log2 c)
 * entries are answered good or bad, since each such answer leaves at most half of the candidates.
 * Skipped entries do not count.
 */
ssize_t bisect_next(const enum bisect_answer *answers, size_t count);

/* ceil(log2 n); 0 for 0. */
unsigned int bisect_steps(size_t n);

#define BISECT_PARTS_MAX 16 /* of a tuple */

/* Returns the answer with these parts changed. May be called again with the same parts. */
typedef enum bisect_answer bisect_ask(void *data, const bool *changed);

/*
 * Finds the guilty ones of `count` changes: the result is good with no change and bad with all. The
 * function applies one change after the other; the change that makes the result bad is guilty. It
 * then repeats this with the guilty changes applied first, until these alone are bad. The changes
 * found are bad together, and good without the last one; if guilt is monotone (more changes never
 * repair), good without any one of them. Returns BISECT_BAD and the guilty changes in `guilty_r`;
 * BISECT_SKIP, with the changes found so far, if untestable combinations leave the result open;
 * BISECT_STOP if `ask` returned it.
 */
enum bisect_answer bisect_blame(size_t count, bisect_ask *ask, void *data, bool *guilty_r);

#endif
