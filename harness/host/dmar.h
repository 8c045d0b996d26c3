/*
 * The ACPI table by which firmware describes its VT-d IOMMUs (Intel, "Virtualization Technology for
 * Directed I/O", chapter 8): flags, and the memory that devices need reserved (RMRR). Xen hides it
 * from dom0 under another name. The bytes may be anything.
 */
#ifndef IGD_HOST_DMAR_H
#define IGD_HOST_DMAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/problem.h"

#define DMAR_MAX        (64u << 10) /* the most that is read of a table */
#define DMAR_RANGES_MAX 16

#define DMAR_INTR_REMAP     0x01 /* flags, 8.1 */
#define DMAR_X2APIC_OPT_OUT 0x02

struct dmar_range {
	uint64_t start, end; /* end is in it */
	bool igd;            /* the device 0000:00:02.0 is in its scope */
	unsigned int devices;
};

struct dmar {
	uint8_t flags;
	unsigned int units; /* DRHD: remapping hardware */
	bool igd_unit;      /* one has the device 0000:00:02.0 in its scope */
	bool rest_unit;     /* one has all devices of segment 0 that no other has */
	struct dmar_range ranges[DMAR_RANGES_MAX];
	size_t range_count;
};

/* Returns 0, or -EINVAL with what is wrong with it. What is more than DMAR_RANGES_MAX is left out.
 */
int dmar_parse(const uint8_t *bytes, size_t length, struct dmar *dmar_r, struct problem *why);

#endif
