/*
 * An EDID for a monitor that offers one mode (VESA E-EDID release A, EDID 1.4; CTA-861-G for the
 * second block). Its name says that it is virtual.
 */
#ifndef IGD_GPU_EDID_H
#define IGD_GPU_EDID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EDID_MADE_SIZE 256u /* two blocks */
#define EDID_FILE_MAX  1024u
#define EDID_NAME      "VIRTUAL GPU" /* at most 13 characters */

/* A timing with reduced blanking (VESA CVT 1.2, version 1 of it), 60 frames a second. */
struct timing {
	uint32_t clock_10khz; /* of pixels */
	uint32_t width, h_total, h_sync_from, h_sync_to;
	uint32_t height, v_total, v_sync_from, v_sync_to;
};

/*
 * Computes the timing of a mode. Returns 0; -ERANGE if it has fewer than 640x480 pixels, more than
 * an EDID can say (4095 each way, 655.35 MHz), or a width that is not a multiple of 8.
 */
int timing_make(uint32_t width, uint32_t height, struct timing *timing_r);

/* Makes the EDID. `hdmi`: the sink takes HDMI, not only DVI. Returns 0 or what timing_make() does.
 */
int edid_make(uint32_t width, uint32_t height, bool hdmi, uint8_t edid[static EDID_MADE_SIZE]);

#endif
