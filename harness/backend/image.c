#include "harness/backend/image.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "harness/base/fileio.h"
#include "src/document.h"
#include "src/io.h"

char *image_cmdline(const struct image *image, const json_t *settings)
{
	const char *more = document_text(settings, "cmdline");
	char *whole = NULL;

	if (asprintf(&whole, "%s%s%s", image->cmdline, more[0] ? " " : "", more) < 0)
		return NULL;
	return whole;
}

/* Appends a file, and zeros up to a multiple of 4: a header of an archive begins there. */
static int append(int fd, const char *path, struct problem *why)
{
	static const char zeros[4];
	char *bytes = NULL;
	size_t length = 0;
	int r = fileio_read(AT_FDCWD, path, &bytes, &length, why);

	if (r == 0)
		r = io_write_all(fd, bytes, length);
	if (r == 0 && length % sizeof(zeros))
		r = io_write_all(fd, zeros, sizeof(zeros) - length % sizeof(zeros));
	free(bytes);
	return r < 0 ? problem_set(why, r, "cannot read %s: %s", path, strerror(-r)) : 0;
}

int image_join_igd(const struct image *image, struct problem *why)
{
	int fd = memfd_create("initrd", MFD_CLOEXEC), r;

	if (fd < 0)
		return problem_set(
			why, -errno, "no memory for the guest's initramfs: %s", strerror(errno));
	r = append(fd, image->initrd, why);
	if (r == 0)
		r = append(fd, image->igd, why);
	if (r < 0) {
		close(fd);
		return r;
	}
	return fd;
}

void image_finish(struct image *image)
{
	free(image->kernel);
	free(image->initrd);
	free(image->disk);
	free(image->root);
	free(image->igd);
	free(image->cmdline);
	*image = (struct image){ 0 };
}
