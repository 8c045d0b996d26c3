/*
 * The boot disk of a guest: a CD with the kernel, the initramfs and the command line of its image,
 * and a loader (loader.S) that firmware starts from it and that starts the kernel. A PC's IDE
 * controller reads it by DMA, where an option ROM copies a kernel of QEMU's -kernel through a port,
 * byte by byte.
 *
 * The CD has no file system: a guest finds nothing on it. No guest writes to it.
 */
#ifndef IGD_BACKEND_BOOT_BOOT_DISK_H
#define IGD_BACKEND_BOOT_BOOT_DISK_H

#include "harness/backend/image.h"
#include "src/problem.h"

/* The kernel's command line at most, with its 0: COMMAND_LINE_SIZE of Linux on x86. */
#define BOOT_CMDLINE_MAX 2048

/*
 * Writes the disk of an image into the empty file `fd`: with the drivers of an Intel GPU if `igd`,
 * and that command line. Returns 0; -EINVAL with the sentence if the kernel is none that this boot
 * protocol starts, or its command line is too long; -EFBIG; or the errno of a file.
 */
int boot_disk_write(
	const struct image *image, bool igd, const char *cmdline, int fd, struct problem *why);

/*
 * Writes a kernel for QEMU's -kernel into the empty file `fd`, which starts the loader of the boot
 * disk `disk_fd` without firmware: starter.S. Returns 0 or a negative errno with the sentence.
 */
int boot_disk_write_starter(int disk_fd, int fd, struct problem *why);

/*
 * The boot disks of a run: made once, and shared by the cells that have the same image, drivers and
 * command line. They are files without a name. At most BOOT_DISKS_MAX are kept.
 */
#define BOOT_DISKS_MAX 4

struct boot_disks {
	struct boot_disk {
		char *key; /* NULL: none */
		int fd;
		unsigned long used;
	} disks[BOOT_DISKS_MAX];
	unsigned long clock;
};

/*
 * The disk as of boot_disk_write(), made in the folder `dir_fd` if there is none. Returns a
 * descriptor of its own that the caller closes, or a negative errno with the sentence.
 */
int boot_disks_get(struct boot_disks *disks, const struct image *image, bool igd,
	const char *cmdline, int dir_fd, struct problem *why);

/* Closes them all; zeroed ones are fine. */
void boot_disks_finish(struct boot_disks *disks);

#endif
