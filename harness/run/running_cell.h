/*
 * A running cell: one cell of a run, from the attempt's folder to its seal. The runner has as many
 * at a time as its queue lets it.
 */
#ifndef IGD_RUN_RUNNING_CELL_H
#define IGD_RUN_RUNNING_CELL_H

#include <jansson.h>

#include "harness/backend/device_lease.h"
#include "harness/plan/schedule.h"
#include "harness/run/cell.h"
#include "harness/run/progress.h"
#include "harness/store/run_dir.h"
#include "src/problem.h"

struct runner;

struct running_cell {
	struct running_cell *next;
	struct runner *runner;
	const struct schedule_entry *entry;
	const char *name;
	struct progress_cell shown;
	struct cell *cell;
	int dir_fd;
	json_t *end; /* of the cell, once it is over */
};

/*
 * Begins the cell, and notes in it and in the cells of `beside` that they run at the same time.
 * Returns 0 and the running cell, to be given to running_cell_finish() once its `end` is there; 1
 * if the cell is over since an earlier run; a negative errno with the sentence if it could not even
 * be begun.
 */
int running_cell_begin(struct runner *runner, const struct store *store,
	const struct schedule_entry *entry, struct running_cell *beside,
	struct running_cell **turn_r, struct problem *why);

/*
 * Ends it: seals what it recorded, and frees it. One without an `end` is given up, as the loop
 * broke. Returns 0, or a negative errno with the sentence if the cell could not be written down:
 * those after it could not be either.
 */
int running_cell_finish(
	struct running_cell *running_cell, const struct store *store, struct problem *why);

/* The devices that a cell passes through, its setting `pci`; none if the back end has none. Returns
 * 0, or -EINVAL with the sentence. */
int running_cell_devices(const struct runner *runner, const json_t *plan_cell,
	struct lease_list *devices, struct problem *why);

/*
 * Gives the leased devices back. If the host's own driver drove a monitor with it before the first
 * cell, waits until it does again. Nothing to do without a lease. Returns 0, or a negative errno
 * with the sentence: the host is then not as it was.
 */
int running_cell_give_back(struct runner *runner, struct problem *why);

#endif
