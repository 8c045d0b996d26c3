/*
 * Progress of a run: at a terminal one line that is rewritten, elsewhere one line a step.
 */
#ifndef IGD_PROGRESS_H
#define IGD_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "harness/estimate.h"

struct progress {
	FILE *stream;
	bool terminal; /* rewrite the line */
	size_t total;
	size_t index; /* of the current cell, from 0 */
	const char *cell;
	const char *state;
	uint64_t cell_began_us, state_began_us, limit_ms;
	int width; /* of what stands in the line */
	struct estimate *estimate;
};

/* `stream` is usually stderr; whether it is a terminal is asked here, once. The estimate is
 * borrowed.
 */
void progress_begin(
	struct progress *progress, FILE *stream, size_t total, struct estimate *estimate);

void progress_cell(struct progress *progress, size_t index, const char *name);
void progress_state(struct progress *progress, const char *state, uint64_t limit_ms);

/* Rewrites the line with the time that has passed; nothing unless at a terminal. */
void progress_tick(struct progress *progress);

/* The cell is over; `verdict` is a word for the line. */
void progress_over(struct progress *progress, const char *verdict);

#endif
