/* A guest of one's own: guest.yaml beside a disk. docs/schema/guest.json. */
#include "harness/backend/image_description.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/fileio.h"
#include "harness/yaml/yaml.h"

#define MANUAL    "docs/labs/guests.md"
#define ABOUT_MAX 200 /* bytes */

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
