#include "harness/backend/image.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/suite.h"

static char guests[] = "/tmp/igd-image-XXXXXX";

static void put(const char *name, const char *text)
{
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "%s/linux/%s", guests, name);
	file = fopen(path, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	fputs(text, file);
	fclose(file);
}

static void a_missing_file_is_named(void)
{
	struct image image;
	struct problem why = { 0 };

	put("vmlinuz", "k");
	CU_ASSERT_EQUAL(image_find(guests, "linux", &image, &why), -ENOENT);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "initrd"));
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "ci/stage --guest linux"));
}

static void the_command_line_is_the_images_or_the_usual(void)
{
	struct image image = { 0 };
	struct problem why = { 0 };

	put("initrd", "i");
	CU_ASSERT_EQUAL_FATAL(image_find(guests, "linux", &image, &why), 0);
	CU_ASSERT_STRING_EQUAL(image.cmdline, IMAGE_CMDLINE);
	image_finish(&image);
	put("cmdline", "console=ttyS0 one\nnot this\n");
	CU_ASSERT_EQUAL_FATAL(image_find(guests, "linux", &image, &why), 0);
	CU_ASSERT_STRING_EQUAL(image.cmdline, "console=ttyS0 one");
	image_finish(&image);
	image_finish(&image);
}

static void all_images_of_a_plan_are_looked_for(void)
{
	json_t *plan = json_pack("{s:[{s:s}, {s:s}]}", "cells", "guest", "linux", "guest", "tiny");
	struct problem why = { 0 };

	CU_ASSERT_EQUAL(images_check(guests, plan, &why), -ENOENT);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "\"tiny\" has no vmlinuz"));
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "ci/stage --guest tiny makes it"));
	json_array_remove(json_object_get(plan, "cells"), 1);
	CU_ASSERT_EQUAL(images_check(guests, plan, &why), 0);
	json_decref(plan);
}

/* By sha256sum of "r". */
static void a_root_file_system_is_found_and_known(void)
{
	static const char sha256[] =
		"454349e422f05297191ead13e21d3db520e5abef52055e4964b82fb213f593a1";
	json_t *plan = json_pack("{s:[{s:s}]}", "cells", "guest", "linux"), *seen;
	struct image image = { 0 };
	struct problem why = { 0 };

	CU_ASSERT_EQUAL_FATAL(image_find(guests, "linux", &image, &why), 0);
	CU_ASSERT_PTR_NULL(image.root);
	image_finish(&image);
	put("root", "r");
	CU_ASSERT_EQUAL_FATAL(image_find(guests, "linux", &image, &why), 0);
	CU_ASSERT_PTR_NOT_NULL_FATAL(image.root);
	CU_ASSERT_PTR_NOT_NULL(strstr(image.root, "/linux/root"));
	image_finish(&image);
	seen = image_identities(guests, plan);
	CU_ASSERT_STRING_EQUAL(
		json_string_value(json_object_get(json_object_get(seen, "linux"), "root")), sha256);
	json_decref(seen);
	json_decref(plan);
}

/* By sha256sum of "k" and "i". */
static void an_image_has_an_identity(void)
{
	json_t *plan = json_pack("{s:[{s:s}, {s:s}, {s:s}]}", "cells", "guest", "linux", "guest",
		"linux", "guest", "none");
	json_t *seen = image_identities(guests, plan);
	json_t *wanted = json_pack("{s:{s:s, s:s, s:s}, s:n}", "linux", "kernel",
		"8254c329a92850f6d539dd376f4816ee2764517da5e0235514af433164480d7a", "initrd",
		"de7d1b721a1e0632b7cf04edf5032c8ecffa9f9a08492152b926f1a5a7e765d7", "cmdline",
		"console=ttyS0 one", "none");

	CU_ASSERT(json_equal(seen, wanted));
	json_decref(seen);
	json_decref(wanted);
	json_decref(plan);
}

/* By sha256sum of "d". */
static void the_drivers_of_an_intel_gpu_are_apart(void)
{
	json_t *plan = json_pack("{s:[{s:s}]}", "cells", "guest", "linux");
	json_t *wanted = json_pack("{s:s, s:[s], s:n, s:[s]}", "initrd",
		"18ac3e7343f016890c510e93f935261169d9e3f565436429830faf0934f4f8e4", "modules",
		"i915.ko", "firmware", "missing", "i915/a.bin");
	struct image image = { 0 };
	struct problem why = { 0 };
	char joined[16] = "";
	json_t *seen;
	int fd;

	CU_ASSERT_EQUAL_FATAL(image_find(guests, "linux", &image, &why), 0);
	CU_ASSERT_PTR_NULL(image.igd);
	image_finish(&image);
	put("initrd.igd", "d");
	put("igd.json",
		"{\"modules\": [\"i915.ko\"], \"firmware\": [1], \"missing\": [\"i915/a.bin\"]}");
	CU_ASSERT_EQUAL_FATAL(image_find(guests, "linux", &image, &why), 0);
	CU_ASSERT_PTR_NOT_NULL_FATAL(image.igd);
	fd = image_join_igd(&image, &why);
	CU_ASSERT_FATAL(fd >= 0);
	/* Each at a multiple of 4. */
	CU_ASSERT_EQUAL(pread(fd, joined, sizeof(joined), 0), 8);
	CU_ASSERT_EQUAL(memcmp(joined, "i\0\0\0d\0\0\0", 8), 0);
	close(fd);
	image_finish(&image);
	seen = image_identities(guests, plan);
	CU_ASSERT(json_equal(json_object_get(json_object_get(seen, "linux"), "igd"), wanted));
	json_decref(seen);
	json_decref(wanted);
	json_decref(plan);
}

/* Writes guest.yaml and gives what image_find() says. */
static int describe(const char *lines, struct image *image, struct problem *why)
{
	char text[256];

	snprintf(text, sizeof(text), "format: igd-harness guest\nversion: 1\nabout: mine\n%s",
		lines);
	put(IMAGE_FILE, text);
	return image_find(guests, "linux", image, why);
}

static void a_guest_of_ones_own_has_a_disk(void)
{
	json_t *plan = json_pack("{s:[{s:s}]}", "cells", "guest", "linux");
	/* By sha256sum of "disk". */
	json_t *wanted = json_pack("{s:s, s:s}", "disk",
		"1044dec7206e8d7c9fbb4ae8f766668406d2567fc7fc1a160a9d4700fcf8f8e9", "disk_format",
		"qcow2");
	struct image image = { 0 };
	struct problem why = { 0 };
	json_t *seen;

	put("d.qcow2", "disk");
	CU_ASSERT_EQUAL_FATAL(describe("disk: d.qcow2\ndisk_format: qcow2\n", &image, &why), 0);
	CU_ASSERT_PTR_NULL(image.kernel);
	CU_ASSERT_PTR_NOT_NULL(strstr(image.disk, "/linux/d.qcow2"));
	CU_ASSERT(image.disk_is_qcow2);
	image_finish(&image);
	seen = image_identities(guests, plan);
	CU_ASSERT(json_equal(json_object_get(seen, "linux"), wanted));
	json_decref(seen);
	json_decref(wanted);
	json_decref(plan);
}

static void a_wrong_description_is_refused_with_its_place(void)
{
	static const struct {
		const char *lines, *why;
	} cases[] = {
		{ "disk: d.qcow2\n", "disk_format" },
		{ "disk: ../d\ndisk_format: raw\n", "4:7: the disk is \"../d\"" },
		{ "disk: none\ndisk_format: raw\n", "none cannot be read" },
		{ "disk: d.qcow2\ndisk_format: vhd\n", "5:14" },
		{ "kernel: d\ndisk: d.qcow2\ndisk_format: raw\n", "kernel" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct image image = { 0 };
		struct problem why = { 0 };

		CU_ASSERT_EQUAL(describe(cases[i].lines, &image, &why), -EINVAL);
		CU_ASSERT_PTR_NOT_NULL(strstr(why.text, cases[i].why));
		CU_ASSERT_PTR_NOT_NULL(strstr(why.text, IMAGE_FILE));
	}
}

/* What a guest writes is in the copy alone, and holes stay holes. */
static void a_disk_is_copied_for_each_guest(void)
{
	struct image image = { 0 };
	struct problem why = { 0 };
	char path[64], text[8] = "";
	struct stat st = { 0 };
	int dir = open(guests, O_RDONLY | O_DIRECTORY), fd;

	snprintf(path, sizeof(path), "%s/linux/d.raw", guests);
	put("d.raw", "disk");
	CU_ASSERT_EQUAL_FATAL(truncate(path, 64 << 20), 0);
	CU_ASSERT_EQUAL_FATAL(describe("disk: d.raw\ndisk_format: raw\n", &image, &why), 0);
	CU_ASSERT(!image.disk_is_qcow2);
	fd = image_copy_disk(&image, dir, &why);
	CU_ASSERT_FATAL(fd >= 0);
	CU_ASSERT_EQUAL(fstat(fd, &st), 0);
	CU_ASSERT_EQUAL(st.st_size, 64 << 20);
	CU_ASSERT(st.st_blocks * 512 < 1 << 20);
	CU_ASSERT_EQUAL(st.st_nlink, 0);
	CU_ASSERT_EQUAL(pread(fd, text, 4, 0), 4);
	CU_ASSERT_STRING_EQUAL(text, "disk");
	CU_ASSERT_EQUAL(pwrite(fd, "DISK", 4, 0), 4);
	close(fd);
	fd = open(path, O_RDONLY);
	CU_ASSERT_EQUAL(pread(fd, text, 4, 0), 4);
	CU_ASSERT_STRING_EQUAL(text, "disk");
	close(fd);
	close(dir);
	image_finish(&image);
}

static void what_such_a_guest_cannot_have(void)
{
	struct image image = { 0 };
	struct problem why = { 0 };
	json_t *settings = json_pack("{s:s}", "cmdline", "x");

	CU_ASSERT_EQUAL(image_check_settings(&image, settings, &why), 0);
	CU_ASSERT_EQUAL_FATAL(describe("disk: d.raw\ndisk_format: raw\n", &image, &why), 0);
	CU_ASSERT_EQUAL(image_check_settings(&image, settings, &why), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "`cmdline`"));
	image_finish(&image);
	json_decref(settings);
}

static CU_TestInfo tests[] = {
	{ "a missing file is named", a_missing_file_is_named },
	{ "the command line is the image's or the usual",
		the_command_line_is_the_images_or_the_usual },
	{ "an image has an identity", an_image_has_an_identity },
	{ "a root file system is found and known", a_root_file_system_is_found_and_known },
	{ "the drivers of an Intel GPU are apart", the_drivers_of_an_intel_gpu_are_apart },
	{ "all images of a plan are looked for", all_images_of_a_plan_are_looked_for },
	{ "a guest of one's own has a disk", a_guest_of_ones_own_has_a_disk },
	{ "a wrong description is refused with its place",
		a_wrong_description_is_refused_with_its_place },
	{ "a disk is copied for each guest", a_disk_is_copied_for_each_guest },
	{ "what such a guest cannot have", what_such_a_guest_cannot_have },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	char text[64];
	int status;

	if (!mkdtemp(guests))
		return 1;
	snprintf(text, sizeof(text), "%s/linux", guests);
	mkdir(text, 0755);
	status = suite_main("image", tests);
	return suite_remove(guests, status);
}
