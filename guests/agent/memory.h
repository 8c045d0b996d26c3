/* The last report in this guest's memory, for a host that reads it there. */
#ifndef IGD_AGENT_MEMORY_H
#define IGD_AGENT_MEMORY_H

#include <stddef.h>
#include <stdint.h>

#include "src/stored.h"

/* Zeroed it holds nothing. */
struct memory {
	char *pages;
	size_t size;
};

/*
 * Takes the frames out of entries of a pagemap: bit 63 of one that is present, bits 0 to 54 its
 * frame, which is 0 for who lacks CAP_SYS_ADMIN (Documentation/admin-guide/mm/pagemap.rst).
 * Returns 0; -ENXIO for a page that is not in memory, -EPERM for a frame that is not shown.
 */
int memory_frames(const uint64_t *entries, size_t count, uint64_t *frames_r);

/*
 * Copies a text of 1 to WIRE_MESSAGE_MAX bytes into pages that stay, in place of what `memory` had,
 * and says where they are. `pagemap` is the path of this process' own. Returns 0; or a negative
 * errno, and nothing is held: memory_frames()', or the kernel's for a pagemap that is not there or
 * for pages that cannot be kept.
 */
int memory_store(struct memory *memory, const char *pagemap, const char *text, size_t length,
	struct stored *stored_r);

/* Gives the pages back; may be called for one that holds nothing. */
void memory_drop(struct memory *memory);

#endif
