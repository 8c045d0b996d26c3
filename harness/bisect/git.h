/*
 * Revisions of a git repository. `git bisect` does the search, in a separate work tree: git decides
 * which revisions it may skip, how it divides branches, and when it tests a merge base. The user's
 * work tree is not changed.
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
 * Makes the work tree `tree` of the repository, at the commit `revision`, unless the work
 * tree exists. Returns 0 and `git_r`, which bisect_git_close() frees; a negative errno with git's
 * message.
 */
int bisect_git_open(const char *repository, const char *tree, const char *revision,
	struct bisect_git *git_r, struct problem *why);
void bisect_git_close(struct bisect_git *git);

/* The commit that `revision` names in that folder; -EINVAL if it names none. */
int bisect_git_commit(const char *folder, const char *revision, char id[static BISECT_GIT_ID_MAX],
	struct problem *why);

/* Checks a commit out in the work tree: discards changes of tracked files, keeps untracked files.
 */
int bisect_git_checkout(const struct bisect_git *git, const char *id, struct problem *why);

/* {"id", "short", "subject", "author", "date"} of a commit, or NULL. New reference. */
json_t *bisect_git_describe(const struct bisect_git *git, const char *id);

/* Counts the commits that may be the first bad one. */
int bisect_git_count(const struct bisect_git *git, const char *bad, const json_t *good,
	size_t *count_r, struct problem *why);

/* Begins the search: `good` is a list of ids. */
int bisect_git_start(
	const struct bisect_git *git, const char *bad, const json_t *good, struct problem *why);

/* Gives git the answer for the commit of bisect_git_next(). */
int bisect_git_mark(const struct bisect_git *git, const char *id, enum bisect_answer answer,
	struct problem *why);

/*
 * Returns 1 and the commit to test next in `id`; 0 at the end of the search, with a new reference
 * in *left_r to the list of the commits that may be the first bad one: one commit if it was found.
 */
int bisect_git_next(const struct bisect_git *git, char id[static BISECT_GIT_ID_MAX],
	json_t **left_r, struct problem *why);

#endif
