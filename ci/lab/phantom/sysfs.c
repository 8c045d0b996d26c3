#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ci/lab/phantom/phantom.h"
#include "src/problem.h"

#define SHARED_MEMORY  0x11101af4u /* QEMU's ivshmem, device and vendor: BAR 2 is the memory */
#define OPREGION_IN_IT 0x18        /* not at the start of a page, as firmware has it */

int sysfs_attribute(const char *root, const char *device, const char *name, char path[PATH_MAX],
	struct problem *why)
{
	char link[PATH_MAX], folder[PATH_MAX];

	snprintf(link, sizeof(link), "%s/sys/bus/pci/devices/%s", root, device);
	if (!realpath(link, folder))
		return problem_set(
			why, -errno, "there is no PCI device %s: %s", device, strerror(errno));
	if (snprintf(path, PATH_MAX, "%s/%s", folder, name) >= PATH_MAX)
		return problem_set(why, -ENAMETOOLONG, "the path of %s is too long", device);
	return 0;
}

int sysfs_config(const char *root, const char *device, uint8_t config[static PHANTOM_CONFIG_MAX],
	struct problem *why)
{
	char path[PATH_MAX];
	int r = sysfs_attribute(root, device, "config", path, why), fd;

	if (r < 0)
		return r;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return problem_set(why, -errno, "cannot open '%s': %s", path, strerror(errno));
	r = (int)read(fd, config, PHANTOM_CONFIG_MAX);
	close(fd);
	if (r < PHANTOM_CONFIG_MIN)
		return problem_set(why, -EIO, "cannot read the whole of '%s'; not root?", path);
	return r;
}

uint32_t sysfs_u32(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
	       (uint32_t)bytes[3] << 24;
}

int memory_find(const char *root, char device[16], uint32_t *address_r, struct problem *why)
{
	uint8_t config[PHANTOM_CONFIG_MAX];
	char path[PATH_MAX];
	uint64_t start = 0;
	FILE *file;

	for (int slot = 3; slot < 32; slot++) {
		struct problem silent = { 0 };

		snprintf(device, 16, "0000:00:%02x.0", slot & 0x1f);
		if (sysfs_config(root, device, config, &silent) < 0 ||
			sysfs_u32(config) != SHARED_MEMORY ||
			sysfs_attribute(root, device, "resource", path, &silent) < 0)
			continue;
		file = fopen(path, "re");
		/* Third line, first number. */
		if (file && fscanf(file, "%*s %*s %*s %*s %*s %*s %" SCNx64, &start) != 1)
			start = 0;
		if (file)
			fclose(file);
		if (!start || start > UINT32_MAX - PHANTOM_OPREGION_SIZE - OPREGION_IN_IT)
			return problem_set(why, -ERANGE, "BAR 2 of %s is not below 4 GiB", device);
		*address_r = (uint32_t)start + OPREGION_IN_IT;
		return 0;
	}
	return problem_set(why, -ENODEV,
		"this lab has no memory for an OpRegion (a PCI device 1af4:1110); start it anew");
}

int memory_write(const char *root, const char *device,
	const uint8_t opregion[static PHANTOM_OPREGION_SIZE], struct problem *why)
{
	size_t size = PHANTOM_OPREGION_SIZE + 4096;
	char path[PATH_MAX];
	uint8_t *map;
	int r = sysfs_attribute(root, device, "resource2", path, why), fd;

	if (r < 0)
		return r;
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return problem_set(why, -errno, "cannot open '%s': %s", path, strerror(errno));
	map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED) {
		r = problem_set(why, -errno, "cannot map '%s': %s", path, strerror(errno));
	} else {
		memcpy(map + OPREGION_IN_IT, opregion, PHANTOM_OPREGION_SIZE);
		if (memcmp(map + OPREGION_IN_IT, opregion, PHANTOM_OPREGION_SIZE) != 0)
			r = problem_set(why, -EIO, "'%s' does not keep what is written", path);
		munmap(map, size);
	}
	close(fd);
	return r;
}
