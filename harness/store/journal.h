/*
 * The journal of a cell, journal.jsonl: one JSON object a line, {"ms": since the cell began,
 * "what": "state", ...}.
 */
#ifndef IGD_STORE_JOURNAL_H
#define IGD_STORE_JOURNAL_H

#include <jansson.h>
#include <stdint.h>

#include "src/problem.h"

struct journal {
	int fd;
	uint64_t began_us; /* CLOCK_MONOTONIC */
	int error;         /* the first error of an entry that was not written, a negative errno */
};

/* Opens journal.jsonl in the cell's folder, or makes it; 0 or a negative errno with a sentence. */
int journal_open(int dir_fd, struct journal *journal_r, struct problem *why);

/*
 * Appends `entry` and syncs before it returns. Steals the reference; NULL is -ENOMEM.
 * Returns 0 or a negative errno, which `error` keeps if it is the first.
 */
int journal_note(struct journal *journal, json_t *entry);

void journal_close(struct journal *journal);

#endif
