/* A guest of one's own: guest.yaml beside a disk. docs/schema/guest.json. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/backend/image.h"
#include "harness/backend/image_disk.h"
#include "harness/base/fileio.h"
#include "harness/plan/transition.h"
#include "harness/yaml/yaml.h"
#include "src/io.h"

#define MANUAL    "docs/labs/guests.md"
#define ABOUT_MAX 200 /* bytes */
#define BLOCK     (1 << 16)

static const struct yaml_head head = { "igd-harness guest", "the description of a guest", 1 };

enum { FORMAT, VERSION, ABOUT, DISK, DISK_FORMAT, KEYS };

static const struct yaml_key keys[] = {
	[FORMAT] = { "format", YAML_A_SCALAR, true },
	[VERSION] = { "version", YAML_A_SCALAR, true },
	[ABOUT] = { "about", YAML_A_SCALAR, true },
	[DISK] = { "disk", YAML_A_SCALAR, true },
	[DISK_FORMAT] = { "disk_format", YAML_A_SCALAR, true },
	[KEYS] = { NULL },
};

static const struct yaml_word formats[] = { { "raw", "raw" }, { "qcow2", "qcow2" }, { NULL } };

/* The format is written down, as libxl and QEMU want it: a guest can make a raw disk look like any
 * other. */
static int read_tree(const struct yaml_source *source, const struct yaml_node *root,
	const char *folder, struct image *image)
{
	const struct yaml_node *found[KEYS];
	const char *format = NULL;
	int r = yaml_keys(source, root, "the description of a guest", keys, found);

	if (r == 0)
		r = yaml_check_head(source, found[FORMAT], found[VERSION], &head);
	if (r == 0)
		r = yaml_check_words(source, found[ABOUT], ABOUT_MAX);
	if (r == 0)
		r = yaml_word(source, found[DISK_FORMAT], formats, &format);
	if (r < 0)
		return r;
	if (!found[DISK]->text[0] || strchr(found[DISK]->text, '/'))
		return yaml_wrong(source, found[DISK]->place,
			"the disk is \"%.100s\", and has to be the name of a file beside " IMAGE_FILE,
			found[DISK]->text);
	image->disk_is_qcow2 = format && strcmp(format, "qcow2") == 0;
	if (asprintf(&image->disk, "%s/%s", folder, found[DISK]->text) < 0) {
		image->disk = NULL;
		return yaml_no_memory(source);
	}
	return 0;
}

int image_parse_description(const char *path, const char *text, size_t length, const char *folder,
	struct image *image, struct problem *why)
{
	const struct yaml_source source = { path, MANUAL, why };
	struct yaml_node *root = NULL;
	int r = yaml_parse(&source, text, length, &root);

	if (r == 0)
		r = read_tree(&source, root, folder, image);
	yaml_free(root);
	return r;
}

int image_read_description(const char *folder, struct image *image, struct problem *why)
{
	char *path = NULL, *text = NULL;
	size_t length = 0;
	int r;

	if (asprintf(&path, "%s/" IMAGE_FILE, folder) < 0)
		return -ENOMEM;
	r = fileio_read(AT_FDCWD, path, &text, &length, why);
	if (r == 0)
		r = image_parse_description(path, text, length, folder, image, why);
	if (r == 0 && access(image->disk, R_OK) < 0)
		r = problem_set(why, -EINVAL, "%s: the disk %s cannot be read: %s", path,
			image->disk, strerror(errno));
	free(text);
	free(path);
	return r;
}

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
