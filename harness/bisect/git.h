/*
 * Revisions of a git repository. The search is git's own, `git bisect`, in a work tree of our own:
 * what it may skip, how branches are cut and where a merge base is asked for, git knows. The user's
 * work tree is not touched.
 */
#ifndef IGD_BISECT_GIT_H
#define IGD_BISECT_GIT_H

#include <jansson.h>

#include "harness/bisect/bisect.h"

#define BISECT_GIT_ID_MAX 72 /* of SHA-256, 64 digits */

struct bisect_git {
	char *tree; /* its work tree */
};

/*
 * Makes the work tree `tree` of the repository, at the commit `revision`, unless it is there.
 * Returns 0, to be closed; a negative errno with git's sentence.
 */
int bisect_git_open(const char *repository, const char *tree, const char *revision,
	struct bisect_git *git_r, struct problem *why);
void bisect_git_close(struct bisect_git *git);

/* The commit that `revision` names in that folder; -EINVAL if it names none. */
int bisect_git_commit(const char *folder, const char *revision, char id[static BISECT_GIT_ID_MAX],
	struct problem *why);

/* Brings a commit into the work tree; what a build changed there is thrown away, what it added is
 * left. */
int bisect_git_checkout(const struct bisect_git *git, const char *id, struct problem *why);

/* {"id", "short", "subject", "author", "date"} of a commit, or NULL. New reference. */
json_t *bisect_git_describe(const struct bisect_git *git, const char *id);

/* How many commits may be the first bad one. */
int bisect_git_count(const struct bisect_git *git, const char *bad, const json_t *good,
	size_t *count_r, struct problem *why);

/* Begins the search: `good` is a list of ids. */
int bisect_git_start(
	const struct bisect_git *git, const char *bad, const json_t *good, struct problem *why);

/* Tells the answer for the commit that was asked for. */
int bisect_git_mark(const struct bisect_git *git, const char *id, enum bisect_answer answer,
	struct problem *why);

/*
 * What git wants next: 1 and the commit to test in `id`; 0 if it is over, and *left_r is a list of
 * the commits that may be the first bad one, one if it was found. New reference.
 */
int bisect_git_next(const struct bisect_git *git, char id[static BISECT_GIT_ID_MAX],
	json_t **left_r, struct problem *why);

#endif
