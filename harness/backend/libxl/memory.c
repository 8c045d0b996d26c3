#include "harness/backend/libxl/memory.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <xenctrl.h> /* first: it has the whole of the headers that the next has in part */
#include <xenforeignmemory.h>

#include "harness/backend/libxl/guest.h"
#include "harness/backend/libxl/libxl_compat.h"

/* Frames of an HVM guest: 0xa0000, 1 MiB and 4 GiB. */
#define HOLE_BEGIN 0xa0
#define HOLE_END   0x100
#define FRAMES_4G  (UINT64_C(1) << (32 - XC_PAGE_SHIFT))

bool memory_can_be_at(uint64_t frame, uint64_t memory_kib)
{
	uint64_t frames = memory_kib >> (XC_PAGE_SHIFT - 10);

	if (frame >= FRAMES_4G)
		return frame - FRAMES_4G < frames;
	return frame < frames && (frame < HOLE_BEGIN || frame >= HOLE_END);
}

/* All or none: what was mapped is copied once, and nobody looks at it again. */
static int copy(xenforeignmemory_handle *xen, uint32_t domid, const xen_pfn_t *pages, int *errors,
	size_t count, void *bytes, struct problem *why)
{
	void *mapped = xenforeignmemory_map(xen, domid, PROT_READ, count, pages, errors);
	int r = 0;

	if (!mapped)
		return problem_set(why, -errno, "cannot map %zu pages of the guest: %s", count,
			strerror(errno));
	for (size_t i = 0; i < count && r == 0; i++) {
		if (errors[i])
			r = problem_set(why, -EFAULT,
				"cannot map page 0x%" PRIx64 " of the guest: %s",
				(uint64_t)pages[i], strerror(abs(errors[i])));
	}
	if (r == 0)
		memcpy(bytes, mapped, count * XC_PAGE_SIZE);
	xenforeignmemory_unmap(xen, mapped, count);
	return r;
}

int guest_read_memory(struct backend_guest *guest, const uint64_t *frames, size_t count,
	void *bytes, struct problem *why)
{
	uint64_t memory_kib = guest->config.b_info.max_memkb;
	xenforeignmemory_handle *xen = NULL;
	xen_pfn_t *pages = calloc(count, sizeof(*pages));
	int *errors = calloc(count, sizeof(*errors)), r;

	if (!pages || !errors) {
		r = problem_set(why, -ENOMEM, "out of memory");
		goto out;
	}
	for (size_t i = 0; i < count; i++) {
		pages[i] = (xen_pfn_t)frames[i];
		if (memory_can_be_at(frames[i], memory_kib))
			continue;
		r = problem_set(why, -ERANGE,
			"a guest with %" PRIu64 " MiB has no memory at page 0x%" PRIx64,
			memory_kib >> 10, frames[i]);
		goto out;
	}
	xen = xenforeignmemory_open(NULL, 0);
	if (!xen) {
		r = problem_set(why, -errno, "cannot read memory of guests: %s", strerror(errno));
		goto out;
	}
	r = copy(xen, guest->domid.id, pages, errors, count, bytes, why);
out:
	if (xen)
		xenforeignmemory_close(xen);
	free(pages);
	free(errors);
	return r;
}
