/*
 * Pruning: room again, without losing what was found.
 *
 * A run directory is removed whole, or loses the raw logs of the cells that passed. What is judged
 * by stays, and pruned.json in the cell's folder has what went:
 * docs/schema/pruned.json.
 */
#ifndef IGD_STORE_PRUNE_H
#define IGD_STORE_PRUNE_H

#include <stdint.h>

#include "harness/base/below/below.h"
#include "harness/store/run_dir.h"

/* The bytes that would go, or went. */
struct pruned {
	size_t files;
	uint64_t bytes;
};

/*
 * Is the path by which the user named the run that is open the directory itself, and not a link to
 * it, "." or ".."? Opens the folder that the directory is in, and gives its name there and its
 * status. Returns the descriptor, which the caller closes, or a negative errno with the sentence.
 */
int prune_open(const struct store *store, char name[static BELOW_NAME_MAX], struct stat *st_r,
	struct problem *why);

/*
 * Removes the run directory `dir` and all below it, but follows no link and goes to no other file
 * system. `store` is the run, open for writing; it stays open. run.json goes last: of a removal
 * that was cut short, the rest can be removed likewise. Adds to *pruned. With `dry_run` it only
 * counts. Returns 0, or a negative errno with the sentence, also of prune_open().
 */
int prune_run(const struct store *store, bool dry_run, struct pruned *pruned, struct problem *why);

/*
 * Removes the folder `name` of an open folder and all below it, as prune_run(). Returns 0, also if
 * there is none, or a negative errno with the sentence.
 */
int prune_folder(int dir_fd, const char *name, struct problem *why);

/*
 * Removes the raw logs of the run's cells that passed: by the findings, PASS and done. Cells whose
 * record is damaged are left alone. Otherwise as prune_run().
 */
int prune_logs(const struct store *store, const json_t *plan, const json_t *findings, bool dry_run,
	struct pruned *pruned, struct problem *why);

/* Names of the files that were pruned from a cell's folder: a new array, NULL if there are none. */
json_t *prune_names(int cell_fd);

#endif
