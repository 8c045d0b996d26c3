/*
 * A whole bisection: reproduces the ends, searches between them, and writes the document. It keeps
 * no state of its own: the same command run again asks the same questions, and the state
 * (harness/bisect/state.h) answers those that were asked before.
 * docs/schema/bisection.json describes the document.
 */
#ifndef IGD_BISECT_DRIVER_H
#define IGD_BISECT_DRIVER_H

#include "harness/bisect/steps.h"

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

/* Bisects a git repository (harness/bisect/commits.c). Returns 0 or a negative errno. */
int bisect_commits(
	struct bisect_driver *driver, const struct bisect_range *range, struct problem *why);

/* Bisects a tuple (harness/bisect/tuple.c). Returns 0 or a negative errno. */
int bisect_tuple(
	struct bisect_driver *driver, const struct string_list *parts, struct problem *why);

#endif
