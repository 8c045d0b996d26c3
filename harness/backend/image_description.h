/* Of image_find.c: guest.yaml, the description of a guest of one's own. */
#ifndef IGD_BACKEND_IMAGE_DESCRIPTION_H
#define IGD_BACKEND_IMAGE_DESCRIPTION_H

#include "harness/backend/image.h"

/*
 * Reads FOLDER/guest.yaml into `image`, which owns the path of the disk also after an error.
 * Returns 0; -ENOENT if there is no such file; -EINVAL with file, line and column.
 */
int image_read_description(const char *folder, struct image *image, struct problem *why);

/*
 * The same for the `length` bytes at `text`, which were read from `path`. The disk is not looked
 * for. Returns 0, or -EINVAL with file, line and column.
 */
int image_parse_description(const char *path, const char *text, size_t length, const char *folder,
	struct image *image, struct problem *why);

#endif
