/* The memory map of a host, /proc/iomem. */
#ifndef IGD_HOST_MEMORY_MAP_H
#define IGD_HOST_MEMORY_MAP_H

#include <stdint.h>

#include "harness/host/view.h"

/* Is the range, ends included, in lines that are called reserved or stolen? 1, 0, or -1 if the map
 * cannot be read, as by others than root. */
int memory_map_is_reserved(const struct host_view *view, uint64_t start, uint64_t end);

#endif
