/*
 * Finding an image: image.h. Apart from what is done with one, so that a module of a back end is
 * not linked with what reads YAML.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/backend/image.h"
#include "harness/backend/image_description.h"
#include "harness/base/fileio.h"
#include "src/document.h"

/* The paths and the command line go to who asked, by a copy of the struct; gcc 14's analyzer loses
 * sight of them there. */
#if !defined(__clang__)
#pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
#endif

static int find(const char *guests_dir, const char *guest, const char *file, char **path_r,
	struct problem *why)
{
	if (asprintf(path_r, "%s/%s/%s", guests_dir, guest, file) < 0) {
		*path_r = NULL;
		return -ENOMEM;
	}
	if (access(*path_r, R_OK) < 0)
		return problem_set(why, -errno,
			"the guest image \"%s\" has no %s: %s: %s; ci/stage --guest %s makes it",
			guest, file, *path_r, strerror(errno), guest);
	return 0;
}

/* Finds a file that not all images have: NULL where it is not. */
static int find_optional(const char *guests_dir, const char *guest, const char *file, char **path_r)
{
	if (asprintf(path_r, "%s/%s/%s", guests_dir, guest, file) < 0) {
		*path_r = NULL;
		return -ENOMEM;
	}
	if (access(*path_r, F_OK) < 0) {
		free(*path_r);
		*path_r = NULL;
	}
	return 0;
}

int image_find(
	const char *guests_dir, const char *guest, struct image *image_r, struct problem *why)
{
	struct image image = { 0 };
	char *path = NULL;
	size_t length = 0;
	int r;

	if (asprintf(&path, "%s/%s", guests_dir, guest) < 0)
		return -ENOMEM;
	r = image_read_description(path, &image, why);
	free(path);
	path = NULL;
	if (r == 0)
		goto found;
	if (r != -ENOENT)
		goto out;
	r = find(guests_dir, guest, "vmlinuz", &image.kernel, why);
	if (r < 0)
		goto out;
	r = find(guests_dir, guest, "initrd", &image.initrd, why);
	if (r < 0)
		goto out;
	r = find_optional(guests_dir, guest, "root", &image.root);
	if (r < 0)
		goto out;
	r = find_optional(guests_dir, guest, "initrd.igd", &image.igd);
	if (r < 0)
		goto out;
	if (asprintf(&path, "%s/%s/cmdline", guests_dir, guest) < 0) {
		path = NULL;
		r = -ENOMEM;
		goto out;
	}
	r = fileio_read(AT_FDCWD, path, &image.cmdline, &length, why);
	if (r == -ENOENT) {
		image.cmdline = strdup(IMAGE_CMDLINE);
		r = image.cmdline ? 0 : -ENOMEM;
	}
	if (r < 0)
		goto out;
	image.cmdline[strcspn(image.cmdline, "\n")] = 0;
found:
	*image_r = image;
	image = (struct image){ 0 };
out:
	free(path);
	image_finish(&image);
	return r;
}

int images_check(const char *guests_dir, const json_t *plan, struct problem *why)
{
	const json_t *cell;
	size_t i;

	json_array_foreach(json_object_get(plan, "cells"), i, cell)
	{
		struct image image = { 0 };
		int r = image_find(guests_dir, document_text(cell, "guest"), &image, why);

		image_finish(&image);
		if (r < 0)
			return r;
	}
	return 0;
}
