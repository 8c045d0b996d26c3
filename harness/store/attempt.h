/*
 * Attempts at a cell. A run that is killed, or whose host dies, leaves the folder of the cell that
 * was running without an end.json. Whoever resumes the run sets that folder aside, with all that is
 * in it, and tries again; a cell during which the host died too often is not tried again.
 *
 *   cells/003-NAME/          the attempt that counts
 *   cells/003-NAME.lost-1/   an earlier one that came to no end
 *
 * Each has began.json (docs/schema/began.json), on disk before anything dangerous is done.
 * By the boot id (of the kernel that runs the harness) a dead host is told from a killed harness.
 */
#ifndef IGD_STORE_ATTEMPT_H
#define IGD_STORE_ATTEMPT_H

#include <stdbool.h>

#include "harness/store/run_dir.h"

/* A host that died this often during a cell dies of it. */
#define ATTEMPT_DEATHS 2

/*
 * Prepares an attempt at the cell at `index` of the plan. Returns 0 and its folder, open, in
 * *dir_fd_r; 1 if the cell is over, now or since long: it has an end.json, perhaps one that says
 * the host died of it; a negative errno with the sentence. `boot_id` is attempt_boot_id()'s.
 */
int attempt_begin(const struct store *store, size_t index, const char *name, const char *boot_id,
	int *dir_fd_r, struct problem *why);

/* Has an attempt at that cell come to no end? */
bool attempt_was_lost(const struct store *store, size_t index, const char *name);

/* Seals a cell that is over, unless it is: a run may be killed between its end and its seal. */
int attempt_seal(const struct store *store, size_t index, const char *name, struct problem *why);

/* The same of an open folder, when the last of it is written. */
int attempt_seal_folder(int dir_fd, struct problem *why);

#define BOOT_ID_MAX 64

/* The id of this boot of the kernel; "" if it cannot be read. */
void attempt_boot_id(char boot_id[static BOOT_ID_MAX]);

#endif
