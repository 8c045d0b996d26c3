/*
 * Progress of a run: at a terminal one line that is rewritten, elsewhere one line a step.
 */
#ifndef IGD_RUN_PROGRESS_H
#define IGD_RUN_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "harness/run/estimate.h"

/* A cell that runs; made by progress_cell(), and the caller's until progress_over(). */
struct progress_cell {
	struct progress_cell *next;
	size_t index; /* from 0 */
	const char *name;
	const char *state;
	uint64_t began_us, state_began_us;
	uint64_t limit_ms; /* of the state; 0: it has none */
};

struct progress {
	FILE *stream;  /* NULL: nothing is printed */
	bool terminal; /* rewrite the line */
	size_t total;
	size_t begun;                /* cells so far */
	struct progress_cell *cells; /* that run, the oldest first */
	int width;                   /* of what stands in the line */
	struct estimate *estimate;
};

/* `stream` is usually stderr, or NULL to print nothing; whether it is a terminal is asked here,
 * once. The estimate is borrowed. */
void progress_begin(
	struct progress *progress, FILE *stream, size_t total, struct estimate *estimate);

/* A cell begins; its name is borrowed until it is over. */
void progress_cell(
	struct progress *progress, struct progress_cell *cell, size_t index, const char *name);
void progress_state(struct progress *progress, struct progress_cell *cell, const char *state,
	uint64_t limit_ms);

/* Rewrites the line with the time that has passed; nothing unless at a terminal. */
void progress_tick(struct progress *progress);

/* The cell is over; `verdict` is a word for the line. */
void progress_over(struct progress *progress, struct progress_cell *cell, const char *verdict);

#endif
