/* Does an engine execute? An empty batch, by i915's own interface. */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xf86drm.h>

/* It ends structures with arrays of no members. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
#include <i915_drm.h>
#pragma GCC diagnostic pop

#include "guests/agent/igd.h"
#include "src/clock.h"
#include "src/tree.h"

#define BATCH_BYTES 4096
#define WAIT_NS     5000000000ll

/* MI_BATCH_BUFFER_END: command type 0, opcode 0x0a (Intel's PRM, "Memory Interface Commands"). */
#define BATCH_END (0x0au << 23)

/* Writes the batch. Returns 0 or a negative errno. */
static int fill(int fd, uint32_t handle)
{
	struct drm_i915_gem_mmap_offset offset = { .handle = handle, .flags = I915_MMAP_OFFSET_WC };
	uint32_t *map;

	if (drmIoctl(fd, DRM_IOCTL_I915_GEM_MMAP_OFFSET, &offset))
		return -errno;
	map = mmap(NULL, BATCH_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)offset.offset);
	if (map == MAP_FAILED)
		return -errno;
	map[0] = BATCH_END;
	map[1] = 0;
	munmap(map, BATCH_BYTES);
	return 0;
}

/* A batch of a GPU that was reset is done too: it was thrown away. */
static bool was_reset(int fd)
{
	struct drm_i915_reset_stats stats = { .ctx_id = 0 };

	return drmIoctl(fd, DRM_IOCTL_I915_GET_RESET_STATS, &stats) == 0 &&
	       (stats.batch_active || stats.batch_pending);
}

/*
 * Has the driver given the GPU up? It does so as well if its first batches fail, and then has no
 * engine to refuse a batch of ours. "i915_wedged" holds a number (Linux 6.1 to 6.12).
 */
static bool is_wedged(const struct igd_card *card)
{
	char text[TREE_TEXT_MAX];

	return !tree_text("", text, "sys/kernel/debug/dri/%u/i915_wedged", card->minor) &&
	       strtoull(text, NULL, 0) != 0;
}

/* Returns what became of it; *error_r is the errno if it was not "done". */
static const char *execute(int fd, int *error_r)
{
	struct drm_i915_gem_create create = { .size = BATCH_BYTES };
	struct drm_i915_gem_exec_object2 object = { 0 };
	struct drm_i915_gem_execbuffer2 batch = { .buffers_ptr = (uintptr_t)&object,
		.buffer_count = 1,
		.batch_len = 8,
		.flags = I915_EXEC_RENDER };
	struct drm_i915_gem_wait wait = { .timeout_ns = WAIT_NS };
	int r;

	if (drmIoctl(fd, DRM_IOCTL_I915_GEM_CREATE, &create)) {
		*error_r = errno;
		return "refused";
	}
	r = fill(fd, create.handle);
	if (r < 0) {
		*error_r = -r;
		return "refused";
	}
	object.handle = wait.bo_handle = create.handle;
	if (drmIoctl(fd, DRM_IOCTL_I915_GEM_EXECBUFFER2, &batch)) {
		*error_r = errno;
		return errno == EIO ? "wedged" : "refused";
	}
	if (drmIoctl(fd, DRM_IOCTL_I915_GEM_WAIT, &wait)) {
		*error_r = errno;
		return errno == ETIME ? "timeout" : errno == EIO ? "wedged" : "refused";
	}
	*error_r = was_reset(fd) ? EIO : 0;
	return *error_r ? "hung" : "done";
}

void igd_tell_engine(const struct igd_card *card)
{
	long long begin = clock_ms(CLOCK_MONOTONIC);
	const char *result;
	int error = 0;

	if (strcmp(card->driver, "i915") != 0) {
		igd_tell("engine",
			json_pack("{s:s, s:s, s:o}", "observer", card->driver, "result", "untried",
				"error", json_string("the agent can submit a batch to i915 only")));
		return;
	}
	result = execute(card->fd, &error);
	if (error && is_wedged(card))
		result = "wedged";
	igd_tell("engine", json_pack("{s:s, s:s, s:I, s:s*}", "observer", "i915", "result", result,
				   "took_ms", (json_int_t)(clock_ms(CLOCK_MONOTONIC) - begin),
				   "error", error ? strerror(error) : NULL));
}
