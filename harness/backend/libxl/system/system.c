#include "harness/backend/libxl/system/system.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "harness/backend/boot/boot_disk.h"
#include "harness/backend/libxl/host.h"
#include "harness/backend/passed_igd.h"
#include "harness/plan/settings/boot_way.h"
#include "harness/plan/transition.h"

/* Is it given an Intel GPU while it runs? */
static bool gets_igd(const json_t *cell)
{
	json_t *then = transition_hotplug(cell, "libxl") ? transition_other_side(cell) : NULL;
	bool gets = then && passed_igd("", then, "libxl");

	json_decref(then);
	return gets;
}

/* The path of the file in memory that was made for the guest, in place of the image's. */
static int name_made(struct backend_guest *guest, char **path)
{
	free(*path);
	if (asprintf(path, "/proc/%d/fd/%d", (int)getpid(), guest->made_fd) < 0)
		*path = NULL;
	return *path ? 0 : -ENOMEM;
}

/* What QEMU is given as the kernel of a guest with a boot disk. */
static int add_starter(struct backend_guest *guest, struct image *image, struct problem *why)
{
	int r;

	guest->made_fd = memfd_create("starter", MFD_CLOEXEC);
	if (guest->made_fd < 0)
		return problem_set(
			why, -errno, "no memory to start the boot disk: %s", strerror(errno));
	r = boot_disk_write_starter(guest->boot_fd, guest->made_fd, why);
	return r < 0 ? r : name_made(guest, &image->kernel);
}

/*
 * Makes what the guest boots: a boot disk, or without one for a guest with an Intel GPU the
 * initramfs with its drivers. QEMU finds either through /proc, as the guest's disk.
 */
static int add_boot(struct backend_guest *guest, const json_t *cell, struct image *image,
	const char *cmdline, struct problem *why)
{
	const json_t *settings = json_object_get(json_object_get(cell, "settings"), "libxl");
	bool igd = image->igd && (passed_igd("", cell, "libxl") || gets_igd(cell));

	if (boot_way_is_disk("libxl", settings)) {
		guest->boot_fd = boot_disks_get(
			&guest->host->boot_disks, image, igd, cmdline, guest->evidence_fd, why);
		return guest->boot_fd < 0 ? guest->boot_fd : add_starter(guest, image, why);
	}
	if (!igd)
		return 0;
	guest->made_fd = image_join_igd(image, why);
	return guest->made_fd < 0 ? guest->made_fd : name_made(guest, &image->initrd);
}

int system_add(struct backend_guest *guest, const json_t *cell, struct image *image,
	char **cmdline_r, struct problem *why)
{
	const json_t *settings = json_object_get(json_object_get(cell, "settings"), "libxl");
	int r = image_check_settings(image, settings, why);

	if (r < 0)
		return r;
	if (image->disk) {
		guest->own_disk_fd = image_copy_disk(image, guest->evidence_fd, why);
		return guest->own_disk_fd < 0 ? guest->own_disk_fd : 0;
	}
	*cmdline_r = image_cmdline(image, settings);
	return *cmdline_r ? add_boot(guest, cell, image, *cmdline_r, why) : -ENOMEM;
}
