/*
 * The cells of a plan that a run is about. All ways to choose are looked up in the whole plan, so
 * that a name that no cell has is noticed whatever the others leave; a cell stays if each of them
 * leaves it.
 */
#ifndef IGD_PLAN_CHOICE_H
#define IGD_PLAN_CHOICE_H

#include <jansson.h>
#include <stddef.h>

#include "harness/base/string_list.h"
#include "src/problem.h"

/* All borrowed; an empty list, or NULL, chooses all. */
struct plan_choice {
	struct string_list select;  /* shell patterns (fnmatch): cells whose name matches one */
	struct string_list exclude; /* the same: cells whose name matches none */
	/* "machine=pc,igd=on": cells with these words; words of one axis are alternatives, and so
	 * are several texts. */
	struct string_list where;
	struct string_list tags; /* of the matrix: cells that have one */
	const char *cells;       /* a file of names, one a line; "#" begins a comment */
};

/*
 * Keeps the cells that are chosen; their order stays. Returns 0; -ENOENT for a pattern, axis, word,
 * tag or name that the plan does not have, or if no cell is left; -EINVAL for a text that has no
 * such form, or a file that is no list of names; a different negative errno if the file cannot be
 * read; each with the sentence, and the plan as before.
 */
int plan_choose(json_t *plan, const struct plan_choice *choice, struct problem *why);

/* `select` alone: shell patterns. Errors as plan_choose(). */
int plan_select(json_t *plan, char *const *select, size_t count, struct problem *why);

#endif
