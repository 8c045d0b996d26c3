/*
 * A whole bisection: reproduces the ends, searches between them, and writes the document. It keeps
 * no state of its own: the same command run again asks the same questions, and the state
 * (harness/bisect_state.h) answers those that were asked before.
 *
 * {
 *   "format": "igd-harness bisection", "version": 1, "harness": "0.2.0",
 *   "outcome": "found",            "open": the remaining points cannot be tested; "ends": an end is
 *                                  not good or bad as given; "stopped": by the host or the user
 *   "why": "...",                  one sentence, if the outcome is not "found"
 *   "kind": "git",                 or "packages", "directories", "tuple"
 *   "matrix": {...},               as in the plan
 *   "signature": [...],            harness/bisect_signature.h; the deviation that counts as bad
 *   "good": ["v7.2.0"], "bad": "master",
 *   "candidates": 8,               points that could be the first bad one; 0 until it is known
 *   "steps": [ {"phase": "ends", "search" or "parts", "point": "...", "values": {...},
 *               "answer": "bad", "why": "...", "run": "DIR" or null,
 *               "runs": 1, "built": true} ],
 *                                  made by this command; 0 and false: the answer was known
 *   "first_bad": [ {"point": "...",
 *                   "about": {"id", "short", "subject", "author", "date"} or null} ],
 *                                  one point if it was found; otherwise the candidates, unordered
 *   "guilty": [ {"part": "qemu", "good": "7.2", "bad": "10.0"} ],
 *                                  of a tuple: bad together, good if any one is left out
 *   "last_good": "...",
 *   "difference": {...} or null,   harness/diff.h, from the run of the last good point to that of
 *                                  the first bad point that was tested
 *   "identities": {...}            of the latter, as in its run.json
 * }
 */
#ifndef IGD_BISECT_DRIVE_H
#define IGD_BISECT_DRIVE_H

#include "harness/bisect_steps.h"

/* The source of the revisions: exactly one of git, packages, directories and parts is set. */
struct bisect_range {
	const char *git; /* a repository; with `bad` and `good` */
	const char *bad;
	struct string_list good;
	const char *packages, *package; /* a directory of packages; a package */
	struct string_list directories; /* oldest first */
	struct string_list parts;       /* of a tuple: NAME=GOOD,...,BAD */
};

/*
 * Bisects. Returns 0 and the document (a new reference), also if the outcome is not "found"; a
 * negative errno with a message for a wrong option or a state that cannot be written.
 */
int bisect_driver_run(struct bisect_session *session, const struct bisect_range *range,
	json_t **result_r, struct problem *why);

/* Bisects a git repository (harness/bisect_commits.c). Returns 0 or a negative errno. */
int bisect_commits(
	struct bisect_driver *driver, const struct bisect_range *range, struct problem *why);

/* Bisects a tuple (harness/bisect_tuple.c). Returns 0 or a negative errno. */
int bisect_tuple(
	struct bisect_driver *driver, const struct string_list *parts, struct problem *why);

#endif
