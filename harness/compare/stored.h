/*
 * What changed between stored runs that are opened and judged here.
 */
#ifndef IGD_COMPARE_STORED_H
#define IGD_COMPARE_STORED_H

#include <jansson.h>

#include "harness/base/string_list.h"
#include "harness/judge/stored_run.h"
#include "src/problem.h"

/*
 * What changed from the run in `before` to `now`, which is judged: the document of
 * harness/compare/diff.h. The earlier run and those in `history` are opened and judged by the same
 * options. A pattern of `options->select` may match no cell of theirs. Returns 0 and a new
 * reference, or a negative errno with the sentence.
 */
int compare_stored(const char *before, const struct stored_run *now,
	const struct string_list *history, const struct stored_run_options *options,
	json_t **difference_r, struct problem *why);

#endif
