/*
 * Between the files of harness/qualify.h. None of them changes what it was given.
 */
#ifndef IGD_QUALIFY_PRIVATE_H
#define IGD_QUALIFY_PRIVATE_H

#include <jansson.h>
#include <stdbool.h>

#include "harness/qualify.h"

struct qualify {
	const struct qualify_sources *sources;
	json_t *summaries; /* of each run, in the order of the sources: harness/summary.h */
	json_t *document;
};

/* Of a run of the sources; "" if it does not say. Borrowed. */
const char *qualify_matrix(const json_t *run);
const char *qualify_release(const json_t *run);

/* What it ran on: in a merged run (harness/merge.h) the first of its hosts. Borrowed. */
const json_t *qualify_identities(const json_t *run);

/* "seed-igd in trixie". A new string. */
json_t *qualify_name(const json_t *run);

/*
 * Why a cell is not as expected, without words of logs, in which a number may be another the next
 * time: the first finding that says so, or how it ended and the label of what a log said, or what
 * it lacked. A new string.
 */
json_t *qualify_reason(const json_t *cell);

/* Each adds its part to the document, whose parts of before are there already. */
void qualify_releases(const struct qualify *qualify);
int qualify_matrices(const struct qualify *qualify, struct problem *why);
void qualify_cells(const struct qualify *qualify);
int qualify_hosts(const struct qualify *qualify, struct problem *why);
int qualify_abis(const struct qualify *qualify, struct problem *why);
int qualify_day(const struct qualify *qualify, struct problem *why);
void qualify_decide(const struct qualify *qualify);

/*
 * A ground: a sentence and what it is of; both are stolen. One that is there already gets more to
 * be of.
 */
void qualify_say(json_t *grounds, json_t *text, json_t *of);

/* In qualify_grounds.c, each a kind of ground. Where it was measured, for "place"; returns whether
 * nothing was on hardware. */
bool qualify_say_place(const struct qualify *qualify);
void qualify_say_regressions(const struct qualify *qualify, json_t *grounds);
void qualify_say_guests(const struct qualify *qualify, json_t *grounds);
void qualify_say_missing(const struct qualify *qualify, json_t *grounds);
/* Return whether there was such a thing. */
bool qualify_say_mixed(const struct qualify *qualify, json_t *grounds);
bool qualify_say_hosts(const struct qualify *qualify, json_t *grounds);
bool qualify_say_abis(const struct qualify *qualify, json_t *grounds);

/* The release of that name in the document, or NULL. Borrowed. */
const json_t *qualify_find_release(const struct qualify *qualify, const char *name);

/* "the same machine", or what became of the guest of a transition: harness/transition.h. A new
 * string. */
json_t *qualify_outcome(const json_t *cell);

#endif
