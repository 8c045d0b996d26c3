/*
 * The matrix: a YAML file that people write (docs/use/matrix.md), from which a plan is made.
 */
#ifndef IGD_MATRIX_MATRIX_H
#define IGD_MATRIX_MATRIX_H

#include <jansson.h>

#include "src/problem.h"

/*
 * Reads a matrix file (docs/use/matrix.md) and its known deviations, and works them out. `known` is
 * the file of those; NULL for the one beside the matrix, if there is one: matrix_known_beside().
 * Returns 0 and a new reference; -EINVAL for a file that is wrong, with "FILE:LINE:COLUMN: what,
 * and what to do" in `why`; another negative errno if a file cannot be read.
 */
int matrix_plan(const char *file, const char *known, json_t **plan_r, struct problem *why);

/*
 * The same of the matrix.yaml that is frozen in a run directory, which is open as `run_fd`; `dir`
 * is its path, for the sentences. `known` is as above.
 */
int matrix_plan_of_run(
	int run_fd, const char *dir, const char *known, json_t **plan_r, struct problem *why);

#endif
