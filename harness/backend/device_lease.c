#include "harness/backend/device_lease.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "harness/backend/lease_note.h"

/* ROOT/sys/bus/pci/devices/BDF, and `more` behind it. */
static void path_of(
	char path[static PATH_MAX], const char *root, struct bdf device, const char *more)
{
	char bdf[BDF_TEXT_MAX];

	bdf_format(device, bdf);
	snprintf(path, PATH_MAX, "%s/sys/bus/pci/devices/%s%s", root, bdf, more);
}

/* The driver the device is bound to, "" if none; -ENODEV if there is no such device. */
static int read_driver(const char *root, struct bdf device, char driver[static LEASE_DRIVER_MAX])
{
	char path[PATH_MAX], target[PATH_MAX];
	ssize_t n;

	path_of(path, root, device, "");
	if (access(path, F_OK) < 0)
		return -ENODEV;
	path_of(path, root, device, "/driver");
	n = readlink(path, target, sizeof(target) - 1);
	target[n > 0 ? n : 0] = 0;
	snprintf(driver, LEASE_DRIVER_MAX, "%s", n > 0 ? basename(target) : "");
	return 0;
}

/* Asks a driver to take the device, for a kernel that did not do it by itself. */
static void ask_driver(const char *root, struct bdf device, const char *driver)
{
	char path[PATH_MAX], bdf[BDF_TEXT_MAX];
	int fd;

	bdf_format(device, bdf);
	if (snprintf(path, sizeof(path), "%s/sys/bus/pci/drivers/%s/bind", root, driver) >=
		(int)sizeof(path))
		return;
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	if (write(fd, bdf, strlen(bdf)) < 0) {
		/* Whether it worked is looked at, not believed. */
	}
	close(fd);
}

static int check_assignable(
	struct lease *lease, const struct leased_device *leased, bool wanted, struct problem *why)
{
	char bdf[BDF_TEXT_MAX];
	bool is = false;
	int r;

	bdf_format(leased->device, bdf);
	r = lease->ops->is_assignable(lease->host, leased->device, &is, why);
	if (r < 0)
		return r;
	if (is != wanted)
		return problem_set(why, -ENODEV,
			"device %s is %sassignable: see `xl "
			"pci-assignable-list`",
			bdf, is ? "still " : "not ");
	return 0;
}

/* A guest that has the device is not ours to end: -EBUSY with its name. */
static int check_free(struct lease *lease, const struct leased_device *leased, struct problem *why)
{
	char holder[LEASE_HOLDER_MAX] = "", bdf[BDF_TEXT_MAX];
	int r = lease->ops->find_holder(lease->host, leased->device, holder, why);

	if (r < 0 || !holder[0])
		return r;
	bdf_format(leased->device, bdf);
	return problem_set(why, -EBUSY,
		"device %s is in use by %s, which was not touched: stop that guest first", bdf,
		holder);
}

/* Before anything is done: are all free, and which are assignable already? */
static int inspect(struct lease *lease, struct problem *why)
{
	int r = 0;

	for (size_t i = 0; i < lease->count && r == 0; i++) {
		struct leased_device *leased = &lease->devices[i];

		r = check_free(lease, leased, why);
		if (r == 0)
			r = lease->ops->is_assignable(
				lease->host, leased->device, &leased->was_assignable, why);
	}
	return r;
}

static int take(struct lease *lease, struct problem *why)
{
	int r = note_sync(lease, LEASE_ASSIGNABLE, why);

	for (size_t i = 0; i < lease->count && r == 0; i++) {
		const struct leased_device *leased = &lease->devices[i];

		if (!leased->was_assignable)
			r = lease->ops->make_assignable(lease->host, leased->device, why);
		if (r == 0)
			r = check_assignable(lease, leased, true, why);
	}
	return r;
}

static int find_drivers(struct lease *lease, const struct bdf *devices, struct problem *why)
{
	char bdf[BDF_TEXT_MAX];

	for (size_t i = 0; i < lease->count; i++) {
		lease->devices[i] = (struct leased_device){ .device = devices[i] };
		bdf_format(devices[i], bdf);
		if (read_driver(lease->root, devices[i], lease->devices[i].driver) < 0)
			return problem_set(why, -ENODEV, "the host has no device %s", bdf);
	}
	return 0;
}

int lease_take(struct lease *lease, const struct device_ops *ops, void *host, const char *root,
	const struct lease_list *devices, struct problem *why)
{
	bool empty = false;
	int r;

	*lease = (struct lease){
		.ops = ops, .host = host, .root = root, .fd = -1, .count = devices->count
	};
	if (devices->count == 0 || devices->count > LEASE_DEVICES_MAX)
		return problem_set(why, -EINVAL, "a cell may pass 1 to %d devices through, not %zu",
			LEASE_DEVICES_MAX, devices->count);
	r = find_drivers(lease, devices->list, why);
	if (r < 0)
		return r;
	r = note_open(lease, &empty, why);
	if (r == 0 && !empty)
		r = problem_set(why, -EBUSY,
			"a killed run still has a device leased: run `igd-harness host restore`");
	if (r < 0) {
		note_close(lease);
		return r;
	}
	r = inspect(lease, why);
	if (r < 0) {
		/* Nothing was done yet. */
		note_remove(lease, NULL);
		return r;
	}
	r = take(lease, why);
	if (r < 0) {
		/* The first sentence is the one to read. */
		lease_give_back(lease, NULL);
		note_close(lease);
	}
	return r;
}

bool lease_is_of(const struct lease *lease, const struct lease_list *devices)
{
	bool same = lease->fd >= 0 && lease->count == devices->count;

	for (size_t i = 0; same && i < lease->count; i++)
		same = bdf_equal(lease->devices[i].device, devices->list[i]);
	return same;
}

int lease_lend(struct lease *lease, struct problem *why)
{
	return note_sync(lease, LEASE_GUEST, why);
}

int lease_return(struct lease *lease, struct problem *why)
{
	int r = 0;

	for (size_t i = 0; i < lease->count && r == 0; i++)
		r = check_assignable(lease, &lease->devices[i], true, why);
	return r < 0 ? r : note_sync(lease, LEASE_ASSIGNABLE, why);
}

static int check_driver(
	struct lease *lease, const struct leased_device *leased, struct problem *why)
{
	char driver[LEASE_DRIVER_MAX] = "", bdf[BDF_TEXT_MAX];

	read_driver(lease->root, leased->device, driver);
	if (strcmp(driver, leased->driver) != 0 && leased->driver[0]) {
		ask_driver(lease->root, leased->device, leased->driver);
		read_driver(lease->root, leased->device, driver);
	}
	if (strcmp(driver, leased->driver) == 0)
		return 0;
	bdf_format(leased->device, bdf);
	return problem_set(why, -ENODEV, "device %s had the driver \"%s\" and now has \"%s\"", bdf,
		leased->driver, driver);
}

static int give_back_one(
	struct lease *lease, const struct leased_device *leased, struct problem *why)
{
	bool is = false;
	int r;

	if (leased->was_assignable)
		return 0;
	r = lease->ops->is_assignable(lease->host, leased->device, &is, why);
	if (r == 0 && is)
		r = lease->ops->give_back(lease->host, leased->device, why);
	if (r == 0)
		r = check_assignable(lease, leased, false, why);
	return r < 0 ? r : check_driver(lease, leased, why);
}

int lease_give_back(struct lease *lease, struct problem *why)
{
	int first = 0;

	if (lease->fd < 0)
		return 0;
	first = note_sync(lease, LEASE_DOM0, why);
	/* One that does not go back keeps no other. */
	for (size_t i = 0; i < lease->count && (i > 0 || first == 0); i++) {
		int r = give_back_one(lease, &lease->devices[i], why);

		if (first == 0)
			first = r;
	}
	return first < 0 ? first : note_remove(lease, why);
}

/*
 * Killed between pciback's taking the device and Xen's, or the other way round on the way back, a
 * run leaves a device that libxl shows as assignable and refuses to remove ("failed to
 * de-quarantine"): made assignable once more, it is whole.
 */
static int complete(struct lease *lease, const struct leased_device *leased, struct problem *why)
{
	bool is = false;
	int r = lease->ops->is_assignable(lease->host, leased->device, &is, why);

	if (r == 0 && is && !leased->was_assignable)
		r = lease->ops->make_assignable(lease->host, leased->device, why);
	return r;
}

static int restore(struct lease *lease, struct problem *why)
{
	int r = 0;

	for (size_t i = 0; i < lease->count && r == 0; i++)
		r = check_free(lease, &lease->devices[i], why);
	for (size_t i = 0; i < lease->count && r == 0; i++)
		r = complete(lease, &lease->devices[i], why);
	return r < 0 ? r : lease_give_back(lease, why);
}

int lease_restore(const struct device_ops *ops, void *host, const char *root,
	struct lease_list *devices_r, struct problem *why)
{
	struct lease lease = { .ops = ops, .host = host, .root = root, .fd = -1 };
	bool empty = false;
	int r = note_open(&lease, &empty, why);

	devices_r->count = 0;
	if (r == 0 && empty) {
		r = note_remove(&lease, why);
	} else if (r == 0) {
		r = note_read(&lease, why);
		for (size_t i = 0; r == 0 && i < lease.count; i++)
			devices_r->list[devices_r->count++] = lease.devices[i].device;
		if (r == 0)
			r = restore(&lease, why);
		if (r == 0)
			r = 1;
	}
	note_close(&lease);
	return r;
}
