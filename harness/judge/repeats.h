/*
 * The repeats of a cell (harness/plan/plan.h), judged each, as one cell of the findings.
 *
 * PASS, DONE, XFAIL and FAIL are answers. If the answers of the repeats are not the same, the cell
 * is FLAKY, unless all that deviates is known to be flaky: then it is XFAIL. Otherwise the cell has
 * the worst verdict of its repeats: one that gave no answer is not made up for by the others.
 */
#ifndef IGD_JUDGE_REPEATS_H
#define IGD_JUDGE_REPEATS_H

#include <jansson.h>

/*
 * The one cell for an array of judged repeats of it, of which each has "record", its plan_key(). A
 * single cell without is given back as it is. What the cell shows is of the worst repeat that
 * decides its verdict, the first of several; "record" says which. A new reference, or NULL without
 * memory.
 */
json_t *judge_repeats(const json_t *judged);

#endif
