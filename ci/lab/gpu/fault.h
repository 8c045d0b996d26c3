/*
 * Faults on purpose: a device that fails in one known way. Each is one row of a table and can be
 * named on the command line.
 */
#ifndef IGD_GPU_FAULT_H
#define IGD_GPU_FAULT_H

#include <stdbool.h>

#include "ci/lab/gpu/registers.h"

struct fault {
	const char *name;
	const char *about;       /* what the device does */
	unsigned int stuck;      /* writes to registers of these groups have no consequences */
	bool registers_dead;     /* no register answers */
	bool no_interrupts;      /* nothing is ever signalled */
	bool aux_times_out;      /* nobody answers on any AUX channel */
	bool edid_bad_checksum;  /* the last byte of the EDID's first block is wrong */
	bool config_writes_lost; /* writes to config space change nothing */
	/*
	 * BAR 2 is absent. i915 ends its probe with ENXIO then: gen8_gmch_probe() in
	 * gt/intel_ggtt.c asks i915_pci_resource_valid() for GEN4_GMADR_BAR, Linux 6.1. A client
	 * sizes BARs once, so this fault can neither begin nor end while the device is in use.
	 */
	bool no_aperture;
};

/* Ends with a row without a name. */
extern const struct fault faults[];

/* Returns the fault of that name, or NULL. */
const struct fault *fault_find(const char *name);

#endif
