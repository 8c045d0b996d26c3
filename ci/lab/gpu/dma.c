#include "ci/lab/gpu/dma.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void dma_init(struct dma *dma)
{
	memset(dma, 0, sizeof(*dma));
	for (size_t i = 0; i < DMA_FILES_MAX; i++)
		dma->files[i].fd = -1;
}

static void release_file(struct dma *dma, int32_t file)
{
	if (file < 0 || --dma->files[file].users > 0)
		return;
	close(dma->files[file].fd);
	dma->files[file].fd = -1;
}

void dma_clear(struct dma *dma)
{
	for (size_t i = 0; i < dma->count; i++)
		release_file(dma, dma->maps[i].file);
	free(dma->maps);
	dma_init(dma);
}

/* Finds or makes the place of a file. Returns its number, -1 for no file, or a negative errno. */
static int hold_file(struct dma *dma, int fd, int32_t *file_r)
{
	struct stat st;
	size_t empty = DMA_FILES_MAX;

	*file_r = -1;
	if (fd < 0)
		return 0;
	if (fstat(fd, &st))
		return -errno;
	/* A read of a pipe or of a device could wait for ever. */
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	for (size_t i = 0; i < DMA_FILES_MAX; i++) {
		struct dma_file *file = &dma->files[i];

		if (file->fd < 0) {
			empty = empty < i ? empty : i;
		} else if (file->device == st.st_dev && file->inode == st.st_ino) {
			file->users++;
			*file_r = (int32_t)i;
			return 0;
		}
	}
	if (empty == DMA_FILES_MAX)
		return -ENOSPC;
	dma->files[empty] = (struct dma_file){ .fd = fcntl(fd, F_DUPFD_CLOEXEC, 0),
		.device = st.st_dev,
		.inode = st.st_ino,
		.users = 1 };
	if (dma->files[empty].fd < 0)
		return -errno;
	*file_r = (int32_t)empty;
	return 0;
}

/* The number of maps that end below or at the address: the place of the first that may hold it. */
static size_t place_of(const struct dma *dma, uint64_t address)
{
	size_t low = 0, high = dma->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct dma_map *map = &dma->maps[middle];

		if (map->address + (map->size - 1) < address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int make_room(struct dma *dma)
{
	size_t room = dma->room ? dma->room * 2 : 64;
	struct dma_map *maps;

	if (dma->count < dma->room)
		return 0;
	maps = reallocarray(dma->maps, room, sizeof(*maps));
	if (!maps)
		return -ENOMEM;
	dma->maps = maps;
	dma->room = room;
	return 0;
}

int dma_add(struct dma *dma, uint64_t address, uint64_t size, int fd, uint64_t offset)
{
	size_t place = place_of(dma, address);
	int32_t file;
	int r;

	if (size == 0 || address + (size - 1) < address || offset + (size - 1) < offset ||
		offset + (size - 1) > INT64_MAX)
		return -EINVAL;
	if (place < dma->count && dma->maps[place].address <= address + (size - 1))
		return -EEXIST;
	if (dma->count >= DMA_MAPS_MAX)
		return -ENOSPC;
	r = make_room(dma);
	if (r == 0)
		r = hold_file(dma, fd, &file);
	if (r < 0)
		return r;
	memmove(dma->maps + place + 1, dma->maps + place,
		(dma->count - place) * sizeof(*dma->maps));
	dma->maps[place] = (struct dma_map){
		.address = address, .size = size, .offset = offset, .file = file
	};
	dma->count++;
	return 0;
}

int dma_remove(struct dma *dma, uint64_t address, uint64_t size)
{
	uint64_t last = address + (size - 1);
	size_t from = place_of(dma, address), to = from;

	if (size == 0 || last < address)
		return -EINVAL;
	for (; to < dma->count && dma->maps[to].address <= last; to++) {
		if (dma->maps[to].address < address ||
			dma->maps[to].address + (dma->maps[to].size - 1) > last)
			return -EINVAL;
	}
	for (size_t i = from; i < to; i++)
		release_file(dma, dma->maps[i].file);
	if (to > from)
		memmove(dma->maps + from, dma->maps + to, (dma->count - to) * sizeof(*dma->maps));
	dma->count -= to - from;
	return 0;
}

/* Fills the bytes from a file; its end may have moved since it was mapped. */
static int read_file(int fd, uint8_t *bytes, size_t size, uint64_t offset)
{
	while (size > 0) {
		ssize_t n = pread(fd, bytes, size, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -EFAULT;
		bytes += n;
		size -= (size_t)n;
		offset += (uint64_t)n;
	}
	return 0;
}

int dma_read(const struct dma *dma, uint64_t address, void *bytes, size_t size)
{
	uint8_t *to = bytes;

	for (size_t place = place_of(dma, address); size > 0; place++) {
		const struct dma_map *map;
		uint64_t within, part;
		int r;

		if (place >= dma->count)
			return -EFAULT;
		map = &dma->maps[place];
		if (map->address > address || map->file < 0)
			return -EFAULT;
		within = address - map->address;
		part = map->size - within < size ? map->size - within : size;
		r = read_file(dma->files[map->file].fd, to, part, map->offset + within);
		if (r < 0)
			return r;
		to += part;
		size -= part;
		address += part;
	}
	return 0;
}
