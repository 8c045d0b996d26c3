/*
 * The device: an Intel GPU as far as a driver's display code looks at it. transport.c brings the
 * client's accesses here; nothing here knows of messages.
 */
#ifndef IGD_GPU_GPU_H
#define IGD_GPU_GPU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ci/lab/gpu/aux.h"
#include "ci/lab/gpu/ddc.h"
#include "ci/lab/gpu/dma.h"
#include "ci/lab/gpu/fault.h"
#include "ci/lab/gpu/generation.h"
#include "ci/lab/gpu/gmbus.h"
#include "ci/lab/gpu/interrupt.h"
#include "ci/lab/gpu/pci.h"
#include "ci/lab/gpu/pipe.h"
#include "ci/lab/gpu/registers.h"

#define GPU_MMIO_SIZE     (16u << 20)  /* BAR 0: registers, then the GGTT's entries */
#define GPU_GGTT_FROM     REG_SPACE    /* where they begin in it; 8 bytes an entry, one a page */
#define GPU_APERTURE_SIZE (256u << 20) /* BAR 2 */
#define GPU_IO_SIZE       64u          /* BAR 4: an index and a data register for BAR 0 */

/* What the command line asks for. Whoever fills it keeps what it points to alive. */
struct gpu_options {
	const struct generation *generation;
	const struct fault *fault; /* NULL: none */
	enum port_kind port;
	const uint8_t *edid; /* of the monitor; NULL: nothing is plugged in */
	size_t edid_size;
	const uint8_t *rom; /* the expansion ROM; NULL: there is none */
	size_t rom_size;
	uint32_t asls;           /* what config space has at 0xfc after a reset */
	uint32_t bdsm;           /* and at 0x5c */
	uint64_t (*clock)(void); /* microseconds */
};

struct gpu {
	struct gpu_options options;
	const struct generation *generation;
	const struct port_wiring *wiring;
	struct registers registers;
	struct pci pci;
	struct dma dma;
	struct interrupt interrupt;
	struct gmbus gmbus;
	struct aux aux;
	struct ddc ddc;
	struct pipe pipes[PIPES_MAX];
	uint64_t display_written; /* when a register of a commit was last written, in us */
	bool committing;          /* pipe.c says how a commit is known */
	bool line_read;
	uint32_t last_read; /* the register that was read last, 0 after a write */
	bool plugged;
	uint32_t io_index;
	/* Shared with the client: it may write them at any time. */
	int mmio_fd, aperture_fd;
	uint8_t *mmio, *aperture; /* of mmio only the GGTT's part is used */
	/* Counts for the control socket. */
	uint64_t reads, writes, resets, dma_maps, dma_unmaps;
};

/* Makes the device. Returns 0 or a negative errno; `gpu` then needs no gpu_free(). */
int gpu_init(struct gpu *gpu, const struct gpu_options *options);

void gpu_free(struct gpu *gpu);

/* A reset of the function: all registers, config space and memory of the device, not its maps. */
void gpu_reset(struct gpu *gpu);

/*
 * From now on the device fails in this way, or no longer if `fault` is NULL. Its registers and its
 * memory are as after a reset; config space stays, since firmware and the client have set it up.
 */
void gpu_fail(struct gpu *gpu, const struct fault *fault);

/* The client has gone: forget its interrupts and its memory, and reset. */
void gpu_release(struct gpu *gpu);

/* A region of the device, by its VFIO number (VFIO_PCI_BAR0_REGION_INDEX and on). */
struct gpu_region {
	uint64_t size;  /* 0: there is none of that number */
	uint32_t flags; /* VFIO_REGION_INFO_FLAG_* */
	int fd;         /* what the client may map, or -1 */
	uint64_t map_from, map_size;
};

/* Returns 0, or -EINVAL if the device has no region of that kind at all. */
int gpu_region(const struct gpu *gpu, uint32_t index, struct gpu_region *region_r);

/*
 * An access to a region. Returns 0, or -EINVAL if there is no such region, it cannot be written, or
 * the bytes are not all inside.
 */
int gpu_region_read(struct gpu *gpu, uint32_t index, uint64_t at, uint8_t *bytes, size_t count);
int gpu_region_write(
	struct gpu *gpu, uint32_t index, uint64_t at, const uint8_t *bytes, size_t count);

/* Plugs the monitor in or out, as a driver sees it happen. -ENODEV if there is no monitor at all.
 */
int gpu_plug(struct gpu *gpu, bool plugged);

/* What a read of an entry of the GGTT gives; 0, which is no page, beyond its end. */
uint64_t gpu_ggtt_entry(const struct gpu *gpu, uint64_t page);

#endif
