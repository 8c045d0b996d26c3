/*
 * The little of an EDID that says who offers which mode (VESA E-EDID Standard release A2, 3).
 */
#ifndef IGD_EDID_H
#define IGD_EDID_H

#include <stddef.h>
#include <stdint.h>

#define EDID_BLOCK 128  /* bytes of one block */
#define EDID_MAX   1024 /* bytes read at most: a base block and 7 extensions */

struct edid {
	char vendor[4];       /* three letters (3.4.1), "RHT" for QEMU */
	char name[14];        /* display product name (3.10.3.4), "" if the EDID has none */
	uint16_t width;       /* of the preferred timing (3.10.2), pixels; 0 if there is none */
	uint16_t height;      /* lines */
	uint32_t refresh_mhz; /* of it, in 1/1000 Hz */
};

/*
 * Reads the base block of `length` bytes. Only printable ASCII gets into the strings.
 * Returns 0, or -EINVAL if it is too short, lacks the header or has a wrong checksum.
 */
int edid_parse(const uint8_t *bytes, size_t length, struct edid *edid_r);

#endif
