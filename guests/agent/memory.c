#include "guests/agent/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PRESENT    (UINT64_C(1) << 63)
#define FRAME_MASK ((UINT64_C(1) << 55) - 1)

int memory_frames(const uint64_t *entries, size_t count, uint64_t *frames_r)
{
	for (size_t i = 0; i < count; i++) {
		if (!(entries[i] & PRESENT))
			return -ENXIO;
		frames_r[i] = entries[i] & FRAME_MASK;
		if (frames_r[i] == 0)
			return -EPERM;
	}
	return 0;
}

static int find_frames(
	const struct memory *memory, const char *pagemap, size_t count, uint64_t *frames_r)
{
	uint64_t entries[STORED_FRAMES_MAX];
	size_t size = count * sizeof(entries[0]);
	off_t at = (off_t)((uintptr_t)memory->pages / STORED_PAGE * sizeof(entries[0]));
	int fd = open(pagemap, O_RDONLY | O_CLOEXEC), r;
	ssize_t got;

	if (fd < 0)
		return -errno;
	got = pread(fd, entries, size, at);
	r = got < 0 ? -errno : (size_t)got < size ? -EIO : 0;
	close(fd);
	return r < 0 ? r : memory_frames(entries, count, frames_r);
}

int memory_store(struct memory *memory, const char *pagemap, const char *text, size_t length,
	struct stored *stored_r)
{
	size_t count = stored_count(length);
	int r;

	memory_drop(memory);
	if (count == 0 || length > WIRE_MESSAGE_MAX)
		return -EINVAL;
	memory->size = count * STORED_PAGE;
	memory->pages = mmap(NULL, memory->size, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (memory->pages == MAP_FAILED) {
		memory->pages = NULL;
		return -errno;
	}
	/* It is not swapped then. It may still be moved: there is a checksum. */
	r = mlock(memory->pages, memory->size) < 0 ? -errno : 0;
	if (r == 0) {
		memcpy(memory->pages, text, length);
		r = find_frames(memory, pagemap, count, stored_r->frames);
	}
	if (r < 0) {
		memory_drop(memory);
		return r;
	}
	stored_r->length = length;
	stored_r->crc = stored_crc(text, length);
	stored_r->count = count;
	return 0;
}

void memory_drop(struct memory *memory)
{
	if (memory->pages)
		munmap(memory->pages, memory->size);
	*memory = (struct memory){ 0 };
}
