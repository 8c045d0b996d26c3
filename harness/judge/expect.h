/*
 * Expectations against the evidence of a cell: the judge's inner half.
 */
#ifndef IGD_JUDGE_EXPECT_H
#define IGD_JUDGE_EXPECT_H

#include <jansson.h>

#include "harness/evidence/fields.h"
#include "src/verdict.h"

/*
 * The findings (harness/judge/judge.h) of all expectations of a cell of the plan that hold for this
 * back end, these versions and this host; of those about `only` if that is not NULL. A new array,
 * or NULL without memory. *worst_r becomes the worst of them, DONE if there are none. A finding
 * with "decides": false does not count, unless all have it: the value to compare with is not known.
 */
json_t *judge_expectations(const json_t *plan_cell, const json_t *identities,
	const struct evidence *evidence, const char *only, enum verdict *worst_r);

/* The first finding of the worst verdict, one that decides before others, as one line; "" if the
 * verdict is better than SKIP. A new string. */
json_t *judge_findings_cause(const json_t *findings, enum verdict worst);

#endif
