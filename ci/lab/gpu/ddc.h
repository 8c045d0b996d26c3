/*
 * The monitor's end of the display data channel (VESA E-DDC 1.2): an EEPROM with the EDID at 0x50
 * and the segment pointer at 0x30. GMBUS and the I2C of an AUX channel both lead to it.
 */
#ifndef IGD_GPU_DDC_H
#define IGD_GPU_DDC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ddc {
	const uint8_t *edid;
	size_t size;
	uint8_t wrong; /* is xored onto the last byte of the first block: a fault on purpose */
	uint8_t segment, offset;
	bool selected; /* is the address one of ours? */
	uint8_t address;
	bool first; /* is the next byte written the first one since the address? */
};

/* Sends the address: returns whether anybody acknowledges it. */
bool ddc_address(struct ddc *ddc, uint8_t address);

/* Sends a byte to who was addressed. */
void ddc_write(struct ddc *ddc, uint8_t byte);

/* Reads the next byte of the EDID; beyond its end 0xff, as from a bus that nobody drives. */
uint8_t ddc_read(struct ddc *ddc);

/* A stop condition: the segment pointer is 0 again (E-DDC, 2.2.5). */
void ddc_stop(struct ddc *ddc);

#endif
