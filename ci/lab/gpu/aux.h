/*
 * The AUX channels of the DDIs, and the DisplayPort sink behind one of them: its DPCD, and its DDC
 * by I2C over AUX (VESA DisplayPort 1.2, 2.7).
 */
#ifndef IGD_GPU_AUX_H
#define IGD_GPU_AUX_H

#include <stdint.h>

struct gpu;
struct reg_handler;

#define AUX_DPCD_SIZE 0x800u /* bytes that are kept; those above read as 0 */

struct aux {
	uint8_t dpcd[AUX_DPCD_SIZE];
};

void aux_reset(struct gpu *gpu);

extern const struct reg_handler aux_handler; /* DP_AUX_CH_CTL of each channel */

#endif
