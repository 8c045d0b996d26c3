/*
 * A whole bisection: first the ends are reproduced, then it is searched between them, then what was
 * found is written down. It keeps nothing of its own: given the same orders again, after whatever
 * ended it, it asks the same questions, and the state (harness/bisect_state.h) answers those that
 * were asked before.
 *
 * {
 *   "format": "igd-harness bisection", "version": 1, "harness": "0.2.0",
 *   "outcome": "found",               "open": those left cannot be tested; "ends": an end is not as
 *                                     it was said to be; "stopped": the host, or somebody
 *   "why": "...",                     for the last three, one sentence
 *   "kind": "git",                    or "packages", "directories", "tuple"
 *   "matrix": {...},                  as in the plan
 *   "signature": [...],               harness/bisect_signature.h; what counted as bad
 *   "good": ["v7.2.0"], "bad": "master",
 *   "candidates": 8,                  how many could be the first bad one; 0 before that is known
 *   "steps": [ {"phase": "ends", "search" or "parts", "point": "...", "values": {...},
 *               "answer": "bad", "why": "...", "run": "DIR" or null,
 *               "runs": 1, "built": true} ],     made for it now: 0 and false, it was known
 *   "first_bad": [ {"point": "...", "about": {"id", "short", "subject", "author", "date"} or null}
 * ], one: found. Several: one of these, in no order "guilty": [ {"part": "qemu", "good": "7.2",
 * "bad": "10.0"} ],       of a tuple: bad together, and good without any "last_good": "...",
 * "difference": {...} or null, between the run of the last good one and that of the first bad one
 * that was tested (harness/diff.h) "identities": {...}               of the latter, as in its
 * run.json
 * }
 */
#ifndef IGD_BISECT_DRIVE_H
#define IGD_BISECT_DRIVE_H

#include "harness/bisect_step.h"

/* Where the revisions come from; one of the four. */
struct bisect_range {
	const char *git; /* a repository; with `bad` and `good` */
	const char *bad;
	struct string_list good;
	const char *packages, *package; /* a folder of them, and whose versions are meant */
	struct string_list directories; /* oldest first */
	struct string_list parts;       /* of a tuple: NAME=GOOD,...,BAD */
};

/*
 * Bisects. Returns 0 and the document, also when nothing was found; a negative errno with the
 * sentence for a wrong order, or a state that cannot be written. New reference.
 */
int bisect_drive(struct bisect_session *session, const struct bisect_range *range, json_t **found_r,
	struct problem *why);

/* For the drivers of each kind: a bisection under way. */
struct bisect_drive {
	struct bisect_session *session;
	const char *phase;
	json_t *found;
};

/*
 * Tests a point, adds the step and says it on stderr. Returns 0 and the answer; a negative errno as
 * bisect_step(). BISECT_STOP sets the outcome.
 */
int bisect_ask_point(struct bisect_drive *drive, const struct bisect_point *point,
	enum bisect_answer *answer_r, struct problem *why);

/* Sets an outcome and, if it is not NULL, why. */
void bisect_outcome(struct bisect_drive *drive, const char *outcome, const char *why);

/*
 * The ends: is `bad` bad, and then all of `good` good? What is wrong at the bad end is the
 * signature from there on, if there is none. Returns 1 to go on; 0 if the outcome is set; a
 * negative errno.
 */
int bisect_ends(struct bisect_drive *drive, const struct bisect_point *good, size_t count,
	const struct bisect_point *bad, struct problem *why);

/*
 * Searches a list of points whose first is good and whose last is bad, both tested. Sets
 * "first_bad" "candidates" and the outcome. Returns 1, 0 if it was stopped, a negative errno.
 */
int bisect_list(struct bisect_drive *drive, const struct bisect_point *points, size_t count,
	struct problem *why);

/* One end is not what it was said to be, "good" or "bad": sets the outcome. */
void bisect_wrong_end(struct bisect_drive *drive, const struct bisect_point *point,
	const char *wanted, enum bisect_answer answer);

/* Adds one of those that may be the first bad one; `about` is stolen and may be NULL. When all are
 * there, bisect_conclude() sets the outcome. */
void bisect_first_bad(struct bisect_drive *drive, const char *point, json_t *about);
void bisect_conclude(struct bisect_drive *drive);

/* Bisects a git repository: harness/bisect_commits.c. 0, or a negative errno. */
int bisect_commits(
	struct bisect_drive *drive, const struct bisect_range *range, struct problem *why);

/* Bisects a tuple: harness/bisect_tuple.c. 0, or a negative errno. */
int bisect_tuple(struct bisect_drive *drive, const struct string_list *parts, struct problem *why);

#endif
