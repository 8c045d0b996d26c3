/*
 * What the files that make a qualification (harness/qualify/qualify.h) share. None of them changes
 * the sources.
 */
#ifndef IGD_QUALIFY_PRIVATE_H
#define IGD_QUALIFY_PRIVATE_H

#include <jansson.h>
#include <stdbool.h>

#include "harness/qualify/qualify.h"
#include "harness/qualify/run.h"

struct qualify {
	const struct qualify_sources *sources;
	json_t *summaries; /* harness/report/summary.h, one for each run, in the same order */
	json_t *document;
};

/*
 * Each adds its part to the document, in this order. A negative errno with a message as of
 * qualify_document().
 */
void qualify_releases(const struct qualify *qualify);
int qualify_matrices(const struct qualify *qualify, struct problem *why);
void qualify_cells(const struct qualify *qualify);
int qualify_hosts(const struct qualify *qualify, struct problem *why);
int qualify_abis(const struct qualify *qualify, struct problem *why);
int qualify_volatile(const struct qualify *qualify, struct problem *why);
void qualify_decide(const struct qualify *qualify);

/*
 * Adds a reason for the decision: a sentence, and the array of runs or releases it applies to; both
 * are stolen. If the sentence is there already, `of` is appended to its array.
 */
void qualify_add_reason(json_t *reasons, json_t *text, json_t *of);

/* In qualify_grounds.c. Adds why a run was not on hardware to "place". Returns whether no run was
 * on hardware. */
bool qualify_add_reason_place(const struct qualify *qualify);
void qualify_add_reason_regressions(const struct qualify *qualify, json_t *reasons);
void qualify_add_reason_guests(const struct qualify *qualify, json_t *reasons);
void qualify_add_reason_missing(const struct qualify *qualify, json_t *reasons);
/* Return whether they added a reason. */
bool qualify_add_reason_mixed(const struct qualify *qualify, json_t *reasons);
bool qualify_add_reason_hosts(const struct qualify *qualify, json_t *reasons);
bool qualify_add_reason_abis(const struct qualify *qualify, json_t *reasons);

/* The outcome of a transition (harness/plan/transition.h), such as "the same machine". New
 * reference. */
json_t *qualify_outcome(const json_t *cell);

#endif
