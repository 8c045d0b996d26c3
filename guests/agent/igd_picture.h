/* A picture whose every pixel is known, and what the hardware says it has shown of it. */
#ifndef IGD_AGENT_IGD_PICTURE_H
#define IGD_AGENT_IGD_PICTURE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct picture {
	uint32_t width, height, framebuffer; /* of KMS */
	char sha256[65];                     /* of its pixels: rows of B, G, R, 0 without padding */
};

/*
 * The pixel at that place, 0x00RRGGBB: eight bars, white, yellow, cyan, green, magenta, red, blue
 * and black, from left to right, or in the other order; below the middle a ramp from black to
 * white.
 */
uint32_t picture_pixel(uint32_t width, uint32_t height, bool reversed, uint32_t x, uint32_t y);

/* Makes it in a dumb buffer of the card. The kernel frees it with the descriptor. 0 or -errno. */
int picture_make(int fd, uint32_t width, uint32_t height, bool reversed, struct picture *picture_r);

/*
 * The picture as the "picture" of the report, with the CRC that the pipe computes of what it sends
 * (debugfs of card `minor`, CRTC number `pipe`), if it does. NULL without memory.
 */
json_t *picture_json(const struct picture *picture, unsigned int minor, unsigned int pipe);

#endif
