/* The note of a lease, LEASE_FILE: opened and locked, written, read back, removed. */
#ifndef IGD_BACKEND_LEASE_NOTE_H
#define IGD_BACKEND_LEASE_NOTE_H

#include <stdbool.h>

#include "harness/backend/device_lease.h"

/*
 * Opens and locks the note into lease->fd; *empty_r tells whether nothing stands in it. Returns 0,
 * -EBUSY with the sentence if another process has it locked, or another negative errno.
 */
int note_open(struct lease *lease, bool *empty_r, struct problem *why);

/* Without a note nothing is done. */
void note_close(struct lease *lease);

/* Writes the devices and that state to disk, then into the lease. 0 or a negative errno. */
int note_sync(struct lease *lease, enum lease_state state, struct problem *why);

/* Reads the devices back into the lease. Returns 0 or -EINVAL with the sentence. */
int note_read(struct lease *lease, struct problem *why);

/* Removes the note while it is locked, and the folder if nothing else is in it; closes it. */
int note_remove(struct lease *lease, struct problem *why);

#endif
