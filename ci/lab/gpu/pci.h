/*
 * The PCI function: configuration space, with what hardware lets a driver write, and the expansion
 * ROM. QEMU itself emulates the BARs, MSI and the command register, but sizes all of them by writes
 * of ones that the server answers.
 */
#ifndef IGD_GPU_PCI_H
#define IGD_GPU_PCI_H

#include <stddef.h>
#include <stdint.h>

struct gpu;

#define PCI_CONFIG_SIZE 256u
#define PCI_ROM_MIN     2048u          /* of an address decoder for a ROM (PCI 3.0, 6.2.5.2) */
#define PCI_ROM_MAX     (1024u * 1024) /* what is read of a file */

struct pci {
	uint8_t bytes[PCI_CONFIG_SIZE];
	uint8_t writable[PCI_CONFIG_SIZE]; /* bits that a write changes */
	uint32_t rom_size;                 /* a power of two; 0: there is no ROM */
	uint32_t aperture_size;            /* of BAR 2; 0: there is none */
};

/* Config space as after a reset. */
void pci_reset(struct gpu *gpu);

/* Writes bytes that are all inside. */
void pci_write(struct gpu *gpu, size_t at, const uint8_t *bytes, size_t count);

/* Four bytes at an offset that is a multiple of 4. */
uint32_t pci_get(const struct gpu *gpu, size_t at);

#endif
