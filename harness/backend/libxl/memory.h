/* Pages of a guest's memory, read through libxenforeignmemory. */
#ifndef IGD_BACKEND_LIBXL_MEMORY_H
#define IGD_BACKEND_LIBXL_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/problem.h"

struct backend_guest;

/* The back end's read_memory(). The pages are mapped for the call, and read-only. */
int guest_read_memory(struct backend_guest *guest, const uint64_t *frames, size_t count,
	void *bytes, struct problem *why);

/*
 * Can an HVM guest with so much memory have some at that frame? It begins at 0, without the hole of
 * VGA and BIOS below 1 MiB. What devices displace below 4 GiB goes on there, also what hvmloader
 * moves (tools/firmware/hvmloader/pci.c); where that begins depends on the devices, so a frame of a
 * device below 4 GiB may be true as well. Xen maps none of these.
 */
bool memory_can_be_at(uint64_t frame, uint64_t memory_kib);

#endif
