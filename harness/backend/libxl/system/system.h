/* What a guest boots: the files that are made for it of its image. */
#ifndef IGD_BACKEND_LIBXL_SYSTEM_SYSTEM_H
#define IGD_BACKEND_LIBXL_SYSTEM_SYSTEM_H

#include <jansson.h>

#include "harness/backend/image.h"
#include "harness/backend/libxl/guest.h"
#include "src/problem.h"

/*
 * Makes the guest's boot disk, or an initramfs with the drivers of an Intel GPU, or a copy of the
 * disk of a guest of one's own; the guest owns the descriptors, and `image` then names the files.
 * *cmdline_r is what the kernel is told, which the caller frees, or stays as it is for a guest of
 * one's own. Returns 0 or a negative errno with the sentence: -EINVAL if the cell asks for what
 * such a guest excludes.
 */
int system_add(struct backend_guest *guest, const json_t *cell, struct image *image,
	char **cmdline_r, struct problem *why);

#endif
