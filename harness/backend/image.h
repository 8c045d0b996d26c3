/*
 * A guest image: a folder with a kernel, an initramfs, the kernel's command line, of some guests
 * the root file system, which they have as a CD, and of some the drivers of an Intel GPU: an
 * initramfs to append to the first one, with the file igd.json that says what is in it.
 */
#ifndef IGD_BACKEND_IMAGE_H
#define IGD_BACKEND_IMAGE_H

#include <jansson.h>

#include "src/problem.h"

/* What a guest's kernel is told if its image has no file `cmdline`. */
#define IMAGE_CMDLINE "console=ttyS0 quiet panic=1"

struct image {
	char *kernel, *initrd; /* paths */
	char *root;            /* path; NULL: all of the guest is in the initramfs */
	char *igd;             /* path of initrd.igd; NULL: the image has none */
	char *cmdline;
};

/*
 * Finds GUESTS_DIR/GUEST/{vmlinuz,initrd,root,initrd.igd,cmdline}. Returns 0 and the image, to be
 * given to image_finish(); -ENOENT with the sentence if a file is missing.
 */
int image_find(
	const char *guests_dir, const char *guest, struct image *image_r, struct problem *why);

/*
 * Looks for the image of each guest of a plan. Returns 0 if all are there, or as image_find() for
 * the first that is not.
 */
int images_check(const char *guests_dir, const json_t *plan, struct problem *why);

/*
 * Writes initrd and initrd.igd, one after the other as the kernel takes them
 * (Documentation/driver-api/early-userspace/buffer-format.rst in Linux), into memory. Returns its
 * descriptor, to be closed when QEMU has read it, or a negative errno with the sentence.
 */
int image_join_igd(const struct image *image, struct problem *why);

/*
 * What the guests of a plan are: {"linux": {"kernel": SHA-256, "initrd": SHA-256, "root":
 * SHA-256 if it has one, "cmdline": "...", "igd": if it has drivers of an Intel GPU {"initrd":
 * SHA-256, "modules", "firmware", "missing": names of igd.json}, "in_place_of": the matrix's guest,
 * of one that `run --guest` named}}, null for an image that is not there. A new object, or NULL
 * without memory.
 */
json_t *image_identities(const char *guests_dir, const json_t *plan);

/* Frees what it holds; a zeroed image is fine. */
void image_finish(struct image *image);

#endif
