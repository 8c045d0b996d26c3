/* What QEMU inherits of a guest's image: what it does not find by a name. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/backend/boot/boot_disk.h"
#include "harness/backend/image.h"
#include "harness/backend/passed_igd.h"
#include "harness/backend/qemu/private.h"
#include "harness/plan/settings/boot_way.h"

void inherited_close(const struct inherited *inherited)
{
	if (inherited->root_fd >= 0)
		close(inherited->root_fd);
	if (inherited->initrd_fd >= 0)
		close(inherited->initrd_fd);
	if (inherited->boot_fd >= 0)
		close(inherited->boot_fd);
}

/* Opens what the guest boots if QEMU does not find it by its name: a boot disk, or the initramfs
 * for a cell with an Intel GPU. */
static int open_boot(struct backend_host *host, struct image *image,
	const struct guest_request *request, struct inherited *inherited, struct problem *why)
{
	const json_t *settings =
		json_object_get(json_object_get(request->cell, "settings"), "qemu");
	bool igd = image->igd && passed_igd("", request->cell, "qemu");
	char path[32], *cmdline;

	if (image->disk)
		return 0;
	if (boot_way_is_disk("qemu", settings)) {
		cmdline = image_cmdline(image, settings);
		inherited->boot_fd = cmdline ? boot_disks_get(&host->boot_disks, image, igd,
						       cmdline, request->evidence_fd, why)
					     : -ENOMEM;
		free(cmdline);
		return inherited->boot_fd < 0 ? inherited->boot_fd : 0;
	}
	if (!igd)
		return 0;
	inherited->initrd_fd = image_join_igd(image, why);
	if (inherited->initrd_fd < 0)
		return inherited->initrd_fd;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", QEMU_FD_INITRD);
	free(image->initrd);
	image->initrd = strdup(path);
	return image->initrd ? 0 : -ENOMEM;
}

/* Opens what QEMU inherits of the guest's image. */
int inherited_open(struct backend_host *host, struct image *image,
	const struct guest_request *request, struct inherited *inherited, struct problem *why)
{
	if (image->root) {
		inherited->root_fd = open(image->root, O_RDONLY | O_CLOEXEC);
		if (inherited->root_fd < 0)
			return problem_set(
				why, -errno, "cannot read %s: %s", image->root, strerror(errno));
	}
	return open_boot(host, image, request, inherited, why);
}
