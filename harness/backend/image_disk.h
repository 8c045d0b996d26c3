/* Of image.c: guest.yaml, the description of a guest of one's own. */
#ifndef IGD_BACKEND_IMAGE_DISK_H
#define IGD_BACKEND_IMAGE_DISK_H

#include "harness/backend/image.h"

/*
 * Reads FOLDER/guest.yaml into `image`, which owns the path of the disk also after an error.
 * Returns 0; -ENOENT if there is no such file; -EINVAL with file, line and column.
 */
int image_read_description(const char *folder, struct image *image, struct problem *why);

#endif
