/*
 * The memory that the client lets the device reach: ranges of addresses as the device issues them,
 * each backed by a piece of a file that came with the message, or by nothing.
 *
 * The files are read with pread(2) and not mapped: a client that shortens its file causes a short
 * read here and not SIGBUS. Maps of the same file share one descriptor, so that 65535 of them need
 * not as many.
 */
#ifndef IGD_GPU_DMA_H
#define IGD_GPU_DMA_H

#include <stddef.h>
#include <stdint.h>

#define DMA_MAPS_MAX                                                                               \
	65535u            /* QEMU refuses a server that offers more ("max_dma_maps too large")     \
			   */
#define DMA_FILES_MAX 64u /* different files among them: QEMU has one a memory backend */

struct dma_file {
	int fd; /* -1: this place is free */
	uint64_t device, inode;
	uint32_t users;
};

struct dma_map {
	uint64_t address, size, offset;
	int32_t file; /* a place in `files`; -1: no file came with it, it reads as unmapped */
};

struct dma {
	struct dma_map *maps; /* in the order of their addresses; they do not overlap */
	size_t count, room;
	struct dma_file files[DMA_FILES_MAX];
};

void dma_init(struct dma *dma);

/* Removes all maps and closes their files; `dma` can be used again. */
void dma_clear(struct dma *dma);

/*
 * Adds a range. `fd`, or -1 for none, stays the caller's: it is duplicated if need be. Returns 0;
 * -EINVAL for an empty range, one that wraps around, or a file that is not a regular one; -EEXIST
 * if it overlaps a map; -ENOSPC if there are too many maps or files; -ENOMEM.
 */
int dma_add(struct dma *dma, uint64_t address, uint64_t size, int fd, uint64_t offset);

/*
 * Removes every map inside the range: there may be several, or none. Returns 0, or -EINVAL for an
 * empty range, one that wraps around, or one that cuts a map in two; nothing is removed then.
 */
int dma_remove(struct dma *dma, uint64_t address, uint64_t size);

/* Copies `size` bytes from an address. Returns 0, or -EFAULT if any of them is not mapped. */
int dma_read(const struct dma *dma, uint64_t address, void *bytes, size_t size);

#endif
