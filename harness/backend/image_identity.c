#include "harness/backend/image.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/digest.h"
#include "harness/base/fileio.h"
#include "src/document.h"

/* A list of names of igd.json, or null: the file came with the image, and is not ours. */
static json_t *names(const json_t *described, const char *key)
{
	const json_t *list = json_object_get(described, key), *name;
	size_t i;

	if (!json_is_array(list))
		return json_null();
	json_array_foreach(list, i, name)
	{
		if (!json_is_string(name))
			return json_null();
	}
	return json_incref((json_t *)list);
}

/* The drivers of an Intel GPU; NULL if the image has none, or cannot be read. */
static json_t *drivers(const struct image *image)
{
	char sha256[DIGEST_TEXT_MAX], path[PATH_MAX];
	struct problem why = { 0 };
	json_t *described = NULL, *object;
	char *text = NULL;
	size_t length = 0;

	if (!image->igd || digest_file(image->igd, sha256, &why) < 0)
		return NULL;
	snprintf(path, sizeof(path), "%.*s/igd.json", (int)(strrchr(image->igd, '/') - image->igd),
		image->igd);
	if (fileio_read(AT_FDCWD, path, &text, &length, &why) == 0)
		described = json_loadb(text, length, JSON_REJECT_DUPLICATES, NULL);
	free(text);
	object = json_pack("{s:s, s:o, s:o, s:o}", "initrd", sha256, "modules",
		names(described, "modules"), "firmware", names(described, "firmware"), "missing",
		names(described, "missing"));
	json_decref(described);
	return object;
}

static json_t *identity(const char *guests_dir, const char *guest)
{
	char kernel[DIGEST_TEXT_MAX], initrd[DIGEST_TEXT_MAX];
	char root[DIGEST_TEXT_MAX];
	struct image image = { 0 };
	struct problem why = { 0 };
	json_t *object = NULL;

	if (image_find(guests_dir, guest, &image, &why) == 0 && image.disk) {
		if (digest_file(image.disk, kernel, &why) == 0)
			object = json_pack("{s:s, s:s}", "disk", kernel, "disk_format",
				image.disk_is_qcow2 ? "qcow2" : "raw");
	} else if (image.kernel && digest_file(image.kernel, kernel, &why) == 0 &&
		   digest_file(image.initrd, initrd, &why) == 0 &&
		   (!image.root || digest_file(image.root, root, &why) == 0)) {
		object = json_pack("{s:s, s:s, s:s*, s:s, s:o*}", "kernel", kernel, "initrd",
			initrd, "root", image.root ? root : NULL, "cmdline", image.cmdline, "igd",
			drivers(&image));
	}
	image_finish(&image);
	return object ? object : json_null();
}

json_t *image_identities(const char *guests_dir, const json_t *plan)
{
	json_t *guests = json_object();
	const json_t *cell;
	size_t i;

	json_array_foreach(json_object_get(plan, "cells"), i, cell)
	{
		const char *guest = document_text(cell, "guest");

		if (!json_object_get(guests, guest) &&
			json_object_set_new(guests, guest, identity(guests_dir, guest)) < 0) {
			json_decref(guests);
			return NULL;
		}
		if (json_object_get(cell, "in_place_of"))
			json_object_set(json_object_get(guests, guest), "in_place_of",
				json_object_get(cell, "in_place_of"));
	}
	return guests;
}
