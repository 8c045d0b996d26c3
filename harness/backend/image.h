/*
 * A guest image: a folder with a kernel, an initramfs, the kernel's command line, of some guests
 * the root file system, which they have as a CD, and of some the drivers of an Intel GPU: an
 * initramfs to append to the first one, with the file igd.json that says what is in it.
 *
 * Or a guest of one's own: a folder with IMAGE_FILE, which names a disk that the guest is started
 * from by its own boot loader.
 */
#ifndef IGD_BACKEND_IMAGE_H
#define IGD_BACKEND_IMAGE_H

#include <jansson.h>
#include <stdbool.h>

#include "src/problem.h"

/* What a guest's kernel is told if its image has no file `cmdline`. */
#define IMAGE_CMDLINE "console=ttyS0 quiet panic=1"

#define IMAGE_FILE "guest.yaml"

struct image {
	char *kernel, *initrd; /* paths; NULL if it has a disk */
	char *disk;            /* path; NULL: it has a kernel */
	bool disk_is_qcow2;    /* else raw */
	char *root;            /* path; NULL: all of the guest is in the initramfs */
	char *igd;             /* path of initrd.igd; NULL: the image has none */
	char *cmdline;         /* NULL if it has a disk, whose boot loader has the kernel's */
};

/*
 * Finds GUESTS_DIR/GUEST/{vmlinuz,initrd,root,initrd.igd,cmdline}, or GUESTS_DIR/GUEST/guest.yaml
 * and its disk. Returns 0 and the image, to be given to image_finish(); -ENOENT with the sentence
 * if a file is missing, -EINVAL if guest.yaml is wrong.
 */
int image_find(
	const char *guests_dir, const char *guest, struct image *image_r, struct problem *why);

/*
 * Looks for the image of each guest of a plan. Returns 0 if all are there, or as image_find() for
 * the first that is not.
 */
int images_check(const char *guests_dir, const json_t *plan, struct problem *why);

/* What the kernel of a guest is told: the image's command line, and the setting `cmdline` behind
 * it. The caller frees; NULL without memory. */
char *image_cmdline(const struct image *image, const json_t *settings);

/*
 * Writes initrd and initrd.igd, one after the other as the kernel takes them
 * (Documentation/driver-api/early-userspace/buffer-format.rst in Linux), into memory. Returns its
 * descriptor, to be closed when QEMU has read it, or a negative errno with the sentence.
 */
int image_join_igd(const struct image *image, struct problem *why);

/*
 * Copies the disk of an image into a file without a name in the folder `dir_fd`, as sparse as it
 * is: what a guest writes is gone with it. Returns the descriptor, which the caller closes, or a
 * negative errno with the sentence.
 */
int image_copy_disk(const struct image *image, int dir_fd, struct problem *why);

/*
 * Is what a cell asks of such a guest possible: no `boot` and `cmdline`, and no `disk` of its own?
 * 0, also for an image without a disk; or -EINVAL with the sentence.
 */
int image_check_settings(const struct image *image, const json_t *settings, struct problem *why);

/*
 * What the guests of a plan are: {"linux": {"kernel": SHA-256, "initrd": SHA-256, "root":
 * SHA-256 if it has one, "cmdline": "...", "igd": if it has drivers of an Intel GPU {"initrd":
 * SHA-256, "modules", "firmware", "missing": names of igd.json}, of a guest of one's own instead
 * "disk": SHA-256 and "disk_format"; "in_place_of": the matrix's guest,
 * of one that `run --guest` named}}, null for an image that is not there. A new object, or NULL
 * without memory.
 */
json_t *image_identities(const char *guests_dir, const json_t *plan);

/* Frees what it holds; a zeroed image is fine. */
void image_finish(struct image *image);

#endif
