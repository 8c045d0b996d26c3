/*
 * A PCI option ROM's first image: is it well-formed, and whose is it? PCI Firmware Specification
 * 3.0, 5.1. The bytes may be anything.
 */
#ifndef IGD_HOST_OPTION_ROM_H
#define IGD_HOST_OPTION_ROM_H

#include <stddef.h>
#include <stdint.h>

#include "src/problem.h"

/* The most that is read of one: the largest image the size byte can say, 255 units of 512 bytes. */
#define OPTION_ROM_MAX (128u << 10)

struct option_rom {
	uint32_t size; /* bytes, as the image says */
	uint16_t vendor, device;
	uint16_t data_at;  /* offset of the PCI data structure */
	uint8_t code_type; /* 0: legacy BIOS, 3: EFI */
	uint8_t sum;       /* of all its bytes: 0 if its checksum is right */
};

/* Returns 0 and what it says, or -EINVAL with what is wrong with it. */
int option_rom_parse(
	const uint8_t *bytes, size_t length, struct option_rom *rom_r, struct problem *why);

#endif
