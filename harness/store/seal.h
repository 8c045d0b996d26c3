/*
 * Seals: how a stored run knows that it is still what was recorded. sealed.json of a folder has the
 * SHA-256 of the plain files in it, written when the last of them was: one for the frozen documents
 * of a run, one for each cell that is over; docs/schema/seal.json.
 *
 * It is against accidents of disks and transport, not against somebody who can compute a digest.
 * `lock`, findings.json, which is derived, dut-console.log, which goes on growing, labgrid.json,
 * which goes with the place, and names that begin with a dot are not in it. A file that is gone and
 * is in pruned.json (harness/store/prune.h) with the same digest is accounted for. What was
 * recorded by older versions has no seal.
 */
#ifndef IGD_STORE_SEAL_H
#define IGD_STORE_SEAL_H

#include <jansson.h>
#include <stdint.h>

#include "src/problem.h"

#define SEAL_FILE   "sealed.json"
#define PRUNED_FILE "pruned.json"

/*
 * What a seal and pruned.json say of a file: {"bytes": ..., "sha256": ...}. A new object, or NULL
 * with the reason in *r_r: -ENOENT, -EFBIG if it has more than `max` bytes, or another negative
 * errno. No link is followed.
 */
json_t *seal_describe(int dir_fd, const char *name, uint64_t max, int *r_r);

/*
 * Seals the folder unless it has a seal; what is in it is on disk then. Returns 0, or a negative
 * errno with the sentence.
 */
int seal_write(int dir_fd, struct problem *why);

/*
 * Is every file in the seal there and what it was? Returns 0; 1 if there is no seal; -EBADMSG with
 * a sentence that names the file; another negative errno if it cannot be read.
 */
int seal_check(int dir_fd, struct problem *why);

#endif
