/*
 * What the matrices need not notice, each with a reason that a reviewer can dispute:
 * results/data/does-not-matter.yaml, docs/schema/does-not-matter.json.
 */
#ifndef IGD_TESTING_DOES_NOT_MATTER_H
#define IGD_TESTING_DOES_NOT_MATTER_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/testing/leaf_changes.h"
#include "src/problem.h"

#define EXCUSE_WHAT_MAX   200 /* bytes */
#define EXCUSE_MATRIX_MAX 64

struct excuse {
	char what[EXCUSE_WHAT_MAX +
		  1];         /* a shell pattern (fnmatch) for paths of leaves, or a label */
	unsigned int changes; /* of a leaf: those it is about, 1 << enum leaf_change */
	char matrix[EXCUSE_MATRIX_MAX + 1]; /* the only one it is about, or "" */
	int line;                           /* in the file */
	bool used;                          /* something that was not noticed was excused by it */
};

struct does_not_matter {
	struct excuse *leaves, *lines;
	size_t leaf_count, line_count;
	long long allowed_misses; /* of all matrices together */
};

/*
 * Reads the file. Returns 0 and the list, to be freed with does_not_matter_free(), or a negative
 * errno with "FILE:LINE:COLUMN: what, and what to do".
 */
int does_not_matter_load(const char *file, struct does_not_matter *list_r, struct problem *why);
void does_not_matter_free(struct does_not_matter *list);

/* Is that change of that leaf in the list? Marks the entry as used. */
bool does_not_matter_leaf(struct does_not_matter *list, const char *matrix, const char *path,
	enum leaf_change change);

/* Is the pattern of that label? Marks the entry as used. */
bool does_not_matter_line(struct does_not_matter *list, const char *matrix, const char *label);

#endif
