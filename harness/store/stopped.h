/*
 * A run that ended early because a limit of its user was reached (`--max-fail`, `--time-limit`).
 * The
 * run directory then has stopped.json (docs/schema/stopped.json), until the run is resumed. The
 * judge names the limit as the cause of the cells that were not run.
 */
#ifndef IGD_STORE_STOPPED_H
#define IGD_STORE_STOPPED_H

#include <jansson.h>

#include "harness/store/run_dir.h"

#define STOPPED_FILE "stopped.json"

/* Writes it, on disk before it returns: `limit` is a sentence without its end, printable ASCII.
 * Returns 0, or a negative errno with the sentence. */
int stopped_write(const struct store *store, const char *limit, struct problem *why);

/* Reads it. Returns 0 and a new reference; -ENOENT if no limit was reached; a different negative
 * errno with the sentence if it is there and cannot be read. */
int stopped_read(const struct store *store, json_t **stopped_r, struct problem *why);

/* Removes it, for who continues the run. Returns 0, also if there is none, or a negative errno with
 * the sentence. */
int stopped_remove(const struct store *store, struct problem *why);

/* "the run had reached its limit: LIMIT", a new string, or NULL without memory. */
json_t *stopped_sentence(const json_t *stopped);

#endif
