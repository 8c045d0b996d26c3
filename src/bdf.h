/*
 * A PCI address: domain, bus, device (the slot) and function.
 *
 * A struct and not an int, so that a slot, a BDF and a domid cannot be taken for each other.
 */
#ifndef IGD_BDF_H
#define IGD_BDF_H

#include <stdbool.h>
#include <stdint.h>

struct bdf {
	uint16_t domain;
	uint8_t bus;
	uint8_t slot;     /* 0 to 31: five bits, PCI Local Bus Specification 3.0, 3.2.2.3.2 */
	uint8_t function; /* 0 to 7: three bits */
};

/* Bytes bdf_format() needs: "dddd:bb:ss.f" and the end. */
#define BDF_TEXT_MAX 13

/*
 * Reads "DDDD:BB:SS.F" or "BB:SS.F" (hexadecimal, the whole string).
 * Returns 0, or -EINVAL when the text is anything else or out of range.
 */
int bdf_parse(const char *text, struct bdf *bdf_r);

/* Writes the long form, "0000:00:02.0". */
void bdf_format(struct bdf bdf, char text[static BDF_TEXT_MAX]);

bool bdf_equal(struct bdf a, struct bdf b);

#endif
