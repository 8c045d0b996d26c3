/*
 * A bisection in progress, and the steps that all kinds of bisection are made of.
 * harness/bisect/driver.h chooses the kind.
 */
#ifndef IGD_BISECT_STEPS_H
#define IGD_BISECT_STEPS_H

#include <stdint.h>

#include "harness/bisect/step/step.h"

struct bisect_driver {
	struct bisect_session *session;
	const char *phase; /* "ends", "parts" or "search" */
	uint64_t spent_us; /* by the steps that ran or built something, */
	size_t spent_on;   /* so many */
	json_t *result;    /* the document: harness/bisect/driver.h */
};

/*
 * Tests a point, appends the step to the document and the journal, and prints it on stderr. Returns
 * 0 and the answer, or a negative errno as bisect_step(). The answer BISECT_STOP also sets the
 * outcome.
 */
int bisect_ask_point(struct bisect_driver *driver, const struct bisect_point *point,
	enum bisect_answer *answer_r, struct problem *why);

/*
 * Prints on stderr how many revisions may be the first bad one, and about how many steps and how
 * much time the search between them takes: by the mean of the steps so far, or no time if none ran.
 */
void bisect_say_left(const struct bisect_driver *driver, size_t candidates);

/* Sets "outcome", and "why" unless it is NULL. */
void bisect_outcome(struct bisect_driver *driver, const char *outcome, const char *why);

/*
 * Checks the ends: `bad` must be bad, then all `count` points of `good` must be good. If the
 * session has no signature, the deviations of `bad` become the signature. Returns 1 if the search
 * can begin; 0 if the outcome is set; a negative errno.
 */
int bisect_ends(struct bisect_driver *driver, const struct bisect_point *good, size_t count,
	const struct bisect_point *bad, struct problem *why);

/*
 * Searches `count` points. The first must be good and the last bad, both tested already. Sets
 * "candidates", "first_bad" and the outcome. Returns 1; 0 if it was stopped; a negative errno.
 */
int bisect_list(struct bisect_driver *driver, const struct bisect_point *points, size_t count,
	struct problem *why);

/* Sets the outcome "ends": `point` should be `wanted` ("good" or "bad") and is `answer`. */
void bisect_wrong_end(struct bisect_driver *driver, const struct bisect_point *point,
	const char *wanted, enum bisect_answer answer);

/*
 * Appends a point to "first_bad", the points that may be the first bad one. `about` is stolen and
 * may be NULL.
 */
void bisect_first_bad(struct bisect_driver *driver, const char *point, json_t *about);

/* Sets the outcome from "first_bad": "found" for one point, otherwise "open". */
void bisect_conclude(struct bisect_driver *driver);

#endif
