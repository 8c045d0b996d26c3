/*
 * Bisection: finds the first bad one of several revisions. Types that its files share.
 *
 *   bisect_search     which point to test next: pure
 *   bisect_signature  what counts as bad: pure
 *   bisect_state      what was tested, on disk
 *   bisect_child      a command in a process group of its own
 *   bisect_thing      the fingerprint of a test
 *   bisect_step       build, run, judge: one revision
 *   bisect_git, bisect_packages   where revisions come from
 *   bisect_steps      the ends and the search, for all kinds
 *   bisect_drive      chooses the kind: git, packages, directories or tuple
 *   bisect_render     formats of the result: for people, for a mail
 */
#ifndef IGD_BISECT_BISECT_H
#define IGD_BISECT_BISECT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "harness/base/string_list.h"
#include "src/problem.h"

enum bisect_answer {
	BISECT_UNKNOWN, /* not tested yet */
	BISECT_GOOD,
	BISECT_BAD,  /* the deviation that is looked for, and no other */
	BISECT_SKIP, /* cannot be tested, or fails otherwise */
	BISECT_STOP, /* the host or the lab is broken, or somebody stopped it: nothing is known */
	BISECT_ANSWERS
};

/* "good", "bad", "skip", "stop". */
const char *bisect_answer_name(enum bisect_answer answer);

/*
 * The exit status of a step, for `git bisect run`: 0, 1, 125; 129 and not 128 + n of a likely
 * signal for what stops a bisection (git-bisect(1): 128 or more).
 */
int bisect_exit_status(enum bisect_answer answer);
#define BISECT_EXIT_STOP 129

/* What a step is told: the options of both commands. Strings are borrowed, lists too. */
struct bisect_orders {
	const char *matrix, *known, *patterns, *guests; /* files and a folder, where the user is */
	const char *guest;                              /* in place of the matrix's, or NULL */
	const char *backend, *accelerator, *slow;
	/* Paths in the folder of what is tested, or absolute; {NAME} is a value of the point. */
	const char *device_model, *library_path, *modules, *replay;
	struct string_list also; /* files and folders that are tested with it */
	const char *build, *run; /* commands, or NULL */
	unsigned int build_limit_s, run_limit_s;
	unsigned int repeat, need; /* bad if in `need` of `repeat` runs */
	bool by_digest;            /* same files, same thing, whatever the revision */
	struct string_list select;
};

/* What a step tests. All borrowed. */
struct bisect_point {
	const char *name;     /* for people */
	const json_t *values; /* {"revision": "..."} or {"qemu": "...", "libxl": "..."}, texts */
	const char *folder;   /* where commands run and paths begin; NULL: where the user is */
};

#endif
