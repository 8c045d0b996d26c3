/*
 * The picture that a pipe shows: plane 1, from its surface through the GGTT and the client's maps
 * to memory. Cursor, sprites, scaling and colour management are left out.
 *
 * A driver may also have drawn through the aperture (BAR 2). That is a memory of its own here, not
 * translated by the GGTT, so such pixels are at the surface's offset in it. A picture is taken from
 * there if memory has nothing but zeros.
 */
#ifndef IGD_GPU_SCANOUT_H
#define IGD_GPU_SCANOUT_H

#include <stddef.h>
#include <stdint.h>

#include "ci/lab/gpu/gpu.h"
#include "src/problem.h"

#define SCANOUT_WIDTH_MAX  8192u /* a plane's size registers have 13 bits each way */
#define SCANOUT_HEIGHT_MAX 8192u

struct picture {
	uint32_t width, height;
	uint8_t *rgb;       /* three bytes a pixel, no padding */
	uint32_t crc;       /* CRC-32 of these bytes, as zlib's crc32() has it */
	uint64_t unmapped;  /* pixels that no memory is behind; they are black */
	const char *source; /* "memory" or "aperture" */
};

/*
 * Reads the picture of a pipe. Returns 0, and picture_free() is due; -ENODATA if the pipe or its
 * plane is off; -ENOTSUP for a pixel format or a tiling that is not known here; -ERANGE for a size
 * that no plane has; -ENOMEM.
 */
int picture_read(
	const struct gpu *gpu, uint32_t pipe, struct picture *picture_r, struct problem *why);

void picture_free(struct picture *picture);

/* Writes it as PNG: to a new file beside, which then takes the place of the old one. */
int picture_write(const struct picture *picture, const char *path, struct problem *why);

#endif
