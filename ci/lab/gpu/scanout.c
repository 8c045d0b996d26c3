#include "ci/lab/gpu/scanout.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define NEXT_PIPE 0x1000u

/* Offsets from PLANE_CTL, of plane 1 of a pipe (Linux' skl_universal_plane_regs.h). */
#define PLANE_STRIDE   0x08u
#define PLANE_SIZE     0x10u
#define PLANE_SURFLIVE 0x2cu

#define PLANE_ENABLE     (1u << 31)
#define PLANE_FORMAT     (0xfu << 24)
#define PLANE_XRGB_8888  (4u << 24)
#define PLANE_ORDER_RGBX (1u << 20)
#define PLANE_TILING     (7u << 10)
#define PLANE_LINEAR     (0u << 10)
#define PLANE_TILED_X    (1u << 10)
#define STRIDE_MASK      0x7ffu
#define STRIDE_LINEAR    64u /* bytes of a unit of the stride */
#define STRIDE_TILED_X   512u
#define TILE_ROWS        8u
#define PAGE             4096u
#define PAGE_MASK        0xfffff000u

/* An entry of the GGTT: bit 0 says that it is valid, bits 38:12 are the page. */
#define GGTT_VALID 1u
#define GGTT_PAGE  0x7ffffff000ull

struct surface {
	uint32_t at; /* in the address space of the GGTT */
	uint32_t width, height, pitch;
	bool tiled, swapped;
};

static int read_surface(
	const struct gpu *gpu, uint32_t pipe, struct surface *surface, struct problem *why)
{
	const struct registers *registers = &gpu->registers;
	uint32_t base = gpu->generation->plane_ctl + NEXT_PIPE * pipe;
	uint32_t control = reg_get(registers, base), size = reg_get(registers, base + PLANE_SIZE);
	uint32_t stride = reg_get(registers, base + PLANE_STRIDE) & STRIDE_MASK;
	char name = (char)('A' + pipe);

	if (!gpu->pipes[pipe].running)
		return problem_set(why, -ENODATA, "pipe %c does not run", name);
	if (!(control & PLANE_ENABLE))
		return problem_set(why, -ENODATA, "pipe %c runs, but its plane 1 is off", name);
	if ((control & PLANE_FORMAT) != PLANE_XRGB_8888)
		return problem_set(why, -ENOTSUP,
			"plane 1 of pipe %c has a pixel format other than XRGB8888 (PLANE_CTL is 0x%08x)",
			name, control);
	if ((control & PLANE_TILING) != PLANE_LINEAR && (control & PLANE_TILING) != PLANE_TILED_X)
		return problem_set(why, -ENOTSUP,
			"plane 1 of pipe %c is neither linear nor X-tiled (PLANE_CTL is 0x%08x)",
			name, control);
	*surface = (struct surface){ .at = reg_get(registers, base + PLANE_SURFLIVE) & PAGE_MASK,
		.width = (size & 0xffff) + 1,
		.height = (size >> 16) + 1,
		.tiled = (control & PLANE_TILING) == PLANE_TILED_X,
		.swapped = control & PLANE_ORDER_RGBX };
	surface->pitch = stride * (surface->tiled ? STRIDE_TILED_X : STRIDE_LINEAR);
	if (surface->width > SCANOUT_WIDTH_MAX || surface->height > SCANOUT_HEIGHT_MAX ||
		surface->width * 4 > surface->pitch)
		return problem_set(why, -ERANGE,
			"plane 1 of pipe %c has %ux%u pixels in lines of %u bytes", name,
			surface->width, surface->height, surface->pitch);
	return 0;
}

/* Where a pixel is, from the beginning of the surface. An X tile has 8 rows of 512 bytes. */
static uint64_t offset_of(const struct surface *surface, uint32_t x, uint32_t y)
{
	uint64_t byte = (uint64_t)x * 4;

	if (!surface->tiled)
		return (uint64_t)y * surface->pitch + byte;
	return (uint64_t)(y / TILE_ROWS) * surface->pitch * TILE_ROWS +
	       byte / STRIDE_TILED_X * PAGE + y % TILE_ROWS * STRIDE_TILED_X +
	       byte % STRIDE_TILED_X;
}

/* The page that was read last: neighbours are in the same one. */
struct page {
	uint64_t number; /* in the GGTT */
	bool known, there;
	uint8_t bytes[PAGE];
};

static bool read_page(const struct gpu *gpu, uint64_t number, struct page *page)
{
	uint64_t entry;

	if (page->known && page->number == number)
		return page->there;
	entry = gpu_ggtt_entry(gpu, number);
	page->known = true;
	page->number = number;
	page->there = (entry & GGTT_VALID) &&
		      !dma_read(&gpu->dma, entry & GGTT_PAGE, page->bytes, sizeof(page->bytes));
	return page->there;
}

/* Reads a pixel by the way that the display engine takes. */
static bool read_memory(const struct gpu *gpu, uint64_t at, struct page *page, uint32_t *pixel_r)
{
	if (!read_page(gpu, at / PAGE, page))
		return false;
	memcpy(pixel_r, page->bytes + at % PAGE, sizeof(*pixel_r));
	return true;
}

static bool read_aperture(const struct gpu *gpu, uint64_t at, struct page *page, uint32_t *pixel_r)
{
	if (at > GPU_APERTURE_SIZE - sizeof(*pixel_r))
		return false;
	memcpy(pixel_r, gpu->aperture + at, sizeof(*pixel_r));
	return true;
}

static const struct {
	const char *name;
	bool (*read)(const struct gpu *gpu, uint64_t at, struct page *page, uint32_t *pixel_r);
} sources[] = {
	{ "memory", read_memory },
	{ "aperture", read_aperture },
};

/* Fills the picture from a source. Returns whether any pixel is not black. */
static bool fill(const struct gpu *gpu, const struct surface *surface, size_t source,
	struct picture *picture)
{
	struct page page = { 0 };
	uint8_t *to = picture->rgb;
	bool any = false;

	picture->source = sources[source].name;
	picture->unmapped = 0;
	for (uint32_t y = 0; y < surface->height; y++) {
		for (uint32_t x = 0; x < surface->width; x++, to += 3) {
			uint32_t pixel = 0;

			if (!sources[source].read(
				    gpu, surface->at + offset_of(surface, x, y), &page, &pixel))
				picture->unmapped++;
			to[surface->swapped ? 2 : 0] = (uint8_t)(pixel >> 16);
			to[1] = (uint8_t)(pixel >> 8);
			to[surface->swapped ? 0 : 2] = (uint8_t)pixel;
			any |= (pixel & 0xffffff) != 0;
		}
	}
	return any;
}

int picture_read(
	const struct gpu *gpu, uint32_t pipe, struct picture *picture_r, struct problem *why)
{
	struct surface surface;
	size_t size;
	int r = -ENODATA;

	memset(picture_r, 0, sizeof(*picture_r));
	if (pipe < gpu->generation->pipes)
		r = read_surface(gpu, pipe, &surface, why);
	if (r < 0)
		return r;
	picture_r->width = surface.width;
	picture_r->height = surface.height;
	size = (size_t)3 * surface.width * surface.height;
	picture_r->rgb = malloc(size);
	if (!picture_r->rgb)
		return problem_set(why, -ENOMEM, "out of memory for a picture of %zu bytes", size);
	if (!fill(gpu, &surface, 0, picture_r) && !fill(gpu, &surface, 1, picture_r))
		fill(gpu, &surface, 0, picture_r);
	picture_r->crc = (uint32_t)crc32_z(0, picture_r->rgb, size);
	return 0;
}

void picture_free(struct picture *picture)
{
	free(picture->rgb);
	memset(picture, 0, sizeof(*picture));
}
