/* The boot disks that a run has made: boot_disk.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/backend/boot/boot_disk.h"
#include "harness/plan/transition.h"

static void drop(struct boot_disk *disk)
{
	if (!disk->key)
		return;
	close(disk->fd);
	free(disk->key);
	*disk = (struct boot_disk){ 0 };
}

/* Makes it in the place of the one that was not used for the longest time. */
static int make(struct boot_disks *disks, struct boot_disk **disk_r, char *key,
	const struct image *image, bool igd, const char *cmdline, int dir_fd, struct problem *why)
{
	struct boot_disk *oldest = &disks->disks[0];
	int fd = transition_file(dir_fd), r;

	if (fd < 0)
		return problem_set(
			why, fd, "cannot make a boot disk in the run directory: %s", strerror(-fd));
	r = boot_disk_write(image, igd, cmdline, fd, why);
	if (r < 0) {
		close(fd);
		return r;
	}
	for (size_t i = 1; i < BOOT_DISKS_MAX; i++) {
		if (disks->disks[i].used < oldest->used)
			oldest = &disks->disks[i];
	}
	drop(oldest);
	*oldest = (struct boot_disk){ .key = key, .fd = fd };
	*disk_r = oldest;
	return 0;
}

int boot_disks_get(struct boot_disks *disks, const struct image *image, bool igd,
	const char *cmdline, int dir_fd, struct problem *why)
{
	struct boot_disk *disk = NULL;
	char *key = NULL;
	int r = 0;

	/* No path and no command line has a line feed. */
	if (asprintf(&key, "%s\n%s\n%s\n%s", image->kernel, image->initrd, igd ? image->igd : "",
		    cmdline) < 0)
		return problem_set(why, -ENOMEM, "out of memory");
	for (size_t i = 0; i < BOOT_DISKS_MAX && !disk; i++) {
		if (disks->disks[i].key && strcmp(disks->disks[i].key, key) == 0)
			disk = &disks->disks[i];
	}
	if (!disk) {
		r = make(disks, &disk, key, image, igd, cmdline, dir_fd, why);
		key = r < 0 ? key : NULL;
	}
	if (r == 0 && disk) {
		disk->used = ++disks->clock;
		r = fcntl(disk->fd, F_DUPFD_CLOEXEC, 3);
		if (r < 0)
			r = problem_set(why, -errno, "cannot open the boot disk again: %s",
				strerror(errno));
	}
	free(key);
	return r;
}

void boot_disks_finish(struct boot_disks *disks)
{
	for (size_t i = 0; i < BOOT_DISKS_MAX; i++)
		drop(&disks->disks[i]);
}
