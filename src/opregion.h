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
 * Returns a new object as docs/report.md describes it: what cannot be read is null, with "error".
 * NULL without memory.
 */
json_t *opregion_json(const char *root, uint32_t address);

#endif
