/*
 * The OpRegion of an Intel GPU: memory in which firmware and driver exchange what ACPI methods
 * need, and where the driver finds the VBT (Intel, "IGD OpRegion/Software SCI", chapter 3).
 */
#ifndef IGD_OPREGION_H
#define IGD_OPREGION_H

#include <jansson.h>
#include <stdint.h>

/* ASLS: offset of the register in the GPU's configuration space that holds the address. */
#define PCI_ASLS 0xfc

/*
 * Reads the OpRegion's header at that physical address through /dev/mem below `root`.
 * Returns a new object as docs/use/guest-report.md describes it: what cannot be read is null, with
 * "error". NULL without memory.
 */
json_t *opregion_json(const char *root, uint32_t address);

/* The VBT that is not in the OpRegion itself, because it has more than OPREGION_VBT_MAX bytes. */
#define OPREGION_VBT_MAX 6144 /* of mailbox 4 */
struct opregion_vbt {
	uint64_t at;    /* RVDA: 0 if there is none; from 2.1 on an offset, before an address */
	uint32_t bytes; /* RVDS */
};

/* Copies mailbox 4 of the OpRegion at that address, where the VBT is. 0 or a negative errno. */
int opregion_vbt_copy(const char *root, uint32_t address, uint8_t vbt[static OPREGION_VBT_MAX]);

/* Reads what the OpRegion at that address says of it. Returns 0 or a negative errno. */
int opregion_vbt_read(const char *root, uint32_t address, struct opregion_vbt *vbt_r);

#endif
