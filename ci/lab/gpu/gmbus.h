/*
 * GMBUS: the display engine's I2C controller, and the pins below it that a driver can drive itself.
 */
#ifndef IGD_GPU_GMBUS_H
#define IGD_GPU_GMBUS_H

#include <stdbool.h>
#include <stdint.h>

struct gpu;
struct reg_handler;

struct gmbus {
	uint32_t data; /* GMBUS3 */
	uint32_t left; /* bytes of the cycle that are still to come, at most 511 */
	bool reading;
	bool active, waiting, nak, in_use;
};

void gmbus_reset(struct gpu *gpu);

extern const struct reg_handler gmbus_handler; /* GMBUS0 to GMBUS3 */
extern const struct reg_handler gpio_handler;  /* GPIO_CTL_0 and on */

#endif
