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
	uint32_t domain; /* more than 16 bits behind Intel's VMD: Linux counts on from 0x10000 */
	uint8_t bus;
	uint8_t slot;     /* 0 to 31: five bits, PCI Local Bus Specification 3.0, 3.2.2.3.2 */
	uint8_t function; /* 0 to 7: three bits */
};

/* Bytes bdf_format() needs: "dddddddd:bb:ss.f" and the end. */
#define BDF_TEXT_MAX 17

/* The largest domain that Xen has: a segment of its pci_sbdf_t has 16 bits. */
#define BDF_XEN_DOMAIN_MAX 0xffffu

/*
 * Reads "DDDD:BB:SS.F", with a domain of four to eight digits, or "BB:SS.F" (hexadecimal, the whole
 * string).
 * Returns 0, or -EINVAL when the text is anything else or out of range.
 */
int bdf_parse(const char *text, struct bdf *bdf_r);

/* Writes the long form, "0000:00:02.0"; a domain of more than 16 bits has as many digits as it
 * needs.
 */
void bdf_format(struct bdf bdf, char text[static BDF_TEXT_MAX]);

bool bdf_equal(struct bdf a, struct bdf b);

/* Less than, equal to or more than 0, in the order of the addresses. */
int bdf_compare(struct bdf a, struct bdf b);

#endif
