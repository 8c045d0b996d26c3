#include <errno.h>
#include <limits.h>
#include <png.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ci/lab/gpu/scanout.h"

int picture_write(const struct picture *picture, const char *path, struct problem *why)
{
	png_image image = { .version = PNG_IMAGE_VERSION,
		.width = picture->width,
		.height = picture->height,
		.format = PNG_FORMAT_RGB };
	char draft[PATH_MAX];
	int r = 0, length = snprintf(draft, sizeof(draft), "%s.new", path);

	if (length < 0 || (size_t)length >= sizeof(draft))
		return problem_set(why, -ENAMETOOLONG, "the name of the picture is too long");
	errno = 0;
	if (!png_image_write_to_file(&image, draft, 0, picture->rgb, 0, NULL))
		r = problem_set(why, errno ? -errno : -EIO, "cannot write '%s': %s", draft,
			errno ? strerror(errno) : image.message);
	else if (rename(draft, path))
		r = problem_set(why, -errno, "cannot write '%s': %s", path, strerror(errno));
	if (r < 0)
		unlink(draft);
	return r;
}
