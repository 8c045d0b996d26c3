#include "harness/backend/image.h"
#include "harness/base/digest.h"
#include "src/document.h"

static json_t *identity(const char *guests_dir, const char *guest)
{
	char kernel[DIGEST_TEXT_MAX], initrd[DIGEST_TEXT_MAX];
	char root[DIGEST_TEXT_MAX];
	struct image image = { 0 };
	struct problem why = { 0 };
	json_t *object = NULL;

	if (image_find(guests_dir, guest, &image, &why) == 0 &&
		digest_file(image.kernel, kernel, &why) == 0 &&
		digest_file(image.initrd, initrd, &why) == 0 &&
		(!image.root || digest_file(image.root, root, &why) == 0))
		object = json_pack("{s:s, s:s, s:s*, s:s}", "kernel", kernel, "initrd", initrd,
			"root", image.root ? root : NULL, "cmdline", image.cmdline);
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
