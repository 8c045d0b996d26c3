/*
 * A stored plan, one cell at a time: a run may have ten thousand cells, and who judges them needs
 * one.
 */
#ifndef IGD_PLAN_PLAN_READER_H
#define IGD_PLAN_PLAN_READER_H

#include <jansson.h>
#include <stddef.h>

#include "src/problem.h"

struct plan_reader;

/*
 * Opens plan.json in the folder and reads it once, to its end. Returns 0, to be closed with
 * plan_reader_close(); a negative errno with the sentence, for the same reasons as plan_parse().
 */
int plan_reader_open(int dir_fd, struct plan_reader **reader_r, struct problem *why);

/* The plan, and of its "cells" the first one; borrowed. */
const json_t *plan_reader_head(const struct plan_reader *reader);

/*
 * Reads the next cell, a new reference. Returns 1; 0 behind the last; -EINVAL if the file is not
 * what it was when it was opened.
 */
int plan_reader_next(struct plan_reader *reader, json_t **cell_r);

/* The next cell is the first again. */
void plan_reader_rewind(struct plan_reader *reader);

/* NULL is fine. */
void plan_reader_close(struct plan_reader *reader);

#endif
