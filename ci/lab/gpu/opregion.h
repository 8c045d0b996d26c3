/*
 * The OpRegion and the VBT in it, by which firmware tells a driver which ports a machine has; and a
 * PCI expansion ROM with the same VBT. Layouts: Intel's "IGD OpRegion/Software SCI", chapter 3, and
 * Linux' intel_vbt_defs.h.
 */
#ifndef IGD_GPU_OPREGION_H
#define IGD_GPU_OPREGION_H

#include <stddef.h>
#include <stdint.h>

#include "ci/lab/gpu/generation.h"

#define OPREGION_SIZE 8192u
#define VBT_SIZE_MAX  6144u /* of mailbox 4 */
#define ROM_SIZE      65536u

/*
 * Makes a VBT whose only port is the generation's for `wiring`; NULL: a VBT that names no port.
 * Returns its size.
 */
size_t vbt_make(const struct generation *generation, const struct port_wiring *wiring,
	uint8_t vbt[static VBT_SIZE_MAX]);

/* Makes an OpRegion 2.0 with mailboxes 1, 3 and 4; `vbt` NULL: the fourth is empty. */
void opregion_make(const uint8_t *vbt, size_t size, uint8_t opregion[static OPREGION_SIZE]);

/* Makes an expansion ROM that does nothing but return, and holds the VBT. */
void rom_make(const struct generation *generation, const uint8_t *vbt, size_t size,
	uint8_t rom[static ROM_SIZE]);

#endif
