/* The disk of a guest of one's own: image.h. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/backend/image.h"
#include "harness/plan/transition.h"
#include "src/io.h"

#define BLOCK (1 << 16)

/* Copies the bytes from `at` to `end`. */
static int copy_range(int from, int to, off_t at, off_t end)
{
	static char block[BLOCK];

	if (lseek(from, at, SEEK_SET) < 0 || lseek(to, at, SEEK_SET) < 0)
		return -errno;
	while (at < end) {
		size_t want = end - at < BLOCK ? (size_t)(end - at) : BLOCK;
		ssize_t n = read(from, block, want);
		int r = n < 0 ? -errno : n == 0 ? -EIO : io_write_all(to, block, (size_t)n);

		if (r < 0)
			return r;
		at += n;
	}
	return 0;
}

/* What has no data stays a hole. */
static int copy_sparse(int from, int to)
{
	off_t end = lseek(from, 0, SEEK_END), at = 0;
	int r = end < 0 || ftruncate(to, end) < 0 ? -errno : 0;

	while (r == 0 && at < end) {
		off_t data = lseek(from, at, SEEK_DATA), hole;

		if (data < 0 && errno == ENXIO)
			break;
		if (data < 0) /* this file system does not know */
			return copy_range(from, to, 0, end);
		hole = lseek(from, data, SEEK_HOLE);
		if (hole < 0)
			return -errno;
		r = copy_range(from, to, data, hole);
		at = hole;
	}
	return r;
}

int image_copy_disk(const struct image *image, int dir_fd, struct problem *why)
{
	int from = open(image->disk, O_RDONLY | O_CLOEXEC), to, r;

	if (from < 0)
		return problem_set(why, -errno, "cannot read %s: %s", image->disk, strerror(errno));
	to = transition_file(dir_fd);
	if (to < 0) {
		close(from);
		return problem_set(why, to, "cannot make a copy of %s in the run directory: %s",
			image->disk, strerror(-to));
	}
	r = copy_sparse(from, to);
	close(from);
	if (r == 0)
		return to;
	close(to);
	return problem_set(
		why, r, "cannot copy %s into the run directory: %s", image->disk, strerror(-r));
}

int image_check_settings(const struct image *image, const json_t *settings, struct problem *why)
{
	static const char *const excluded[] = { "boot", "cmdline", "disk" };

	for (size_t i = 0; image->disk && i < sizeof(excluded) / sizeof(excluded[0]); i++) {
		if (json_object_get(settings, excluded[i]))
			return problem_set(why, -EINVAL,
				"the guest is started from a disk of its own, which excludes the "
				"setting `%s`",
				excluded[i]);
	}
	return 0;
}
