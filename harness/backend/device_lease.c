#include "harness/backend/device_lease.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/document.h"

#define NOTE_MAX 4096
/* How often another process may end its lease between our opening the note and our locking it. */
#define OPEN_TRIES 100

static const char *const state_names[] = {
	[LEASE_DOM0] = "dom0",
	[LEASE_ASSIGNABLE] = "assignable",
	[LEASE_GUEST] = "guest",
};

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

static int sync_note(struct lease *lease, enum lease_state state, struct problem *why)
{
	char bdf[BDF_TEXT_MAX], text[NOTE_MAX];
	json_t *note;
	size_t length;

	bdf_format(lease->device, bdf);
	note = json_pack("{s:s, s:i, s:s, s:s, s:s, s:b, s:i}", "format", DOCUMENT_LEASE, "version",
		DOCUMENT_VERSION, "device", bdf, "state", state_names[state], "driver",
		lease->driver, "was_assignable", (int)lease->was_assignable, "pid", (int)getpid());
	length = note ? json_dumpb(note, text, sizeof(text), JSON_COMPACT) : 0;
	json_decref(note);
	if (length == 0 || length > sizeof(text))
		return problem_set(why, -ENOMEM, "no memory for the lease's note");
	/* Longer than what was there or not: the file is cut after it is written, never before. */
	if (pwrite(lease->fd, text, length, 0) != (ssize_t)length ||
		ftruncate(lease->fd, (off_t)length) < 0 || fdatasync(lease->fd) < 0)
		return problem_set(why, -errno, "cannot write %s: %s", LEASE_FILE, strerror(errno));
	lease->state = state;
	return 0;
}

/* Whether the note that we locked is still the one by that name: who had it before may have ended
 * its lease, and removed it, since we opened it. */
static bool is_current(const char *path, const struct stat *ours)
{
	struct stat st;

	return stat(path, &st) == 0 && st.st_dev == ours->st_dev && st.st_ino == ours->st_ino;
}

/* One attempt of open_note(); -EAGAIN if the note went away meanwhile. */
static int try_note(struct lease *lease, bool *empty_r, struct problem *why)
{
	char path[PATH_MAX];
	struct stat st;

	snprintf(path, sizeof(path), "%s" LEASE_FOLDER, lease->root);
	if (mkdir(path, 0755) < 0 && errno != EEXIST)
		return problem_set(why, -errno, "cannot make %s: %s", path, strerror(errno));
	snprintf(path, sizeof(path), "%s" LEASE_FILE, lease->root);
	lease->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (lease->fd < 0 && errno == ENOENT)
		return -EAGAIN;
	if (lease->fd < 0)
		return problem_set(why, -errno, "cannot open %s: %s", path, strerror(errno));
	if (flock(lease->fd, LOCK_EX | LOCK_NB) < 0)
		return problem_set(why, -EBUSY,
			"another igd-harness has leased a device on this host: wait for it");
	if (fstat(lease->fd, &st) < 0)
		return problem_set(why, -errno, "cannot read %s: %s", path, strerror(errno));
	*empty_r = st.st_size == 0;
	return is_current(path, &st) ? 0 : -EAGAIN;
}

static void close_note(struct lease *lease)
{
	if (lease->fd >= 0)
		close(lease->fd);
	lease->fd = -1;
}

/* Opens and locks the note; *empty_r tells whether anything stands in it. */
static int open_note(struct lease *lease, bool *empty_r, struct problem *why)
{
	for (int i = 0; i < OPEN_TRIES; i++) {
		int r = try_note(lease, empty_r, why);

		if (r != -EAGAIN)
			return r;
		close_note(lease);
	}
	return problem_set(
		why, -EBUSY, "%s keeps changing, because other runs are active", LEASE_FILE);
}

/* The lease is over: removes the note, while it is locked, and the folder if nothing else is in. */
static int remove_note(struct lease *lease, struct problem *why)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s" LEASE_FILE, lease->root);
	if (unlink(path) < 0 && errno != ENOENT)
		return problem_set(why, -errno, "cannot remove %s: %s", path, strerror(errno));
	snprintf(path, sizeof(path), "%s" LEASE_FOLDER, lease->root);
	if (rmdir(path) < 0) {
		/* Somebody waits for the lock already; then it is in use. */
	}
	close_note(lease);
	return 0;
}

static int check_assignable(struct lease *lease, bool wanted, struct problem *why)
{
	char bdf[BDF_TEXT_MAX];
	bool is = false;
	int r;

	bdf_format(lease->device, bdf);
	r = lease->ops->is_assignable(lease->host, lease->device, &is, why);
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
static int check_free(struct lease *lease, struct problem *why)
{
	char holder[LEASE_HOLDER_MAX] = "", bdf[BDF_TEXT_MAX];
	int r = lease->ops->find_holder(lease->host, lease->device, holder, why);

	if (r < 0 || !holder[0])
		return r;
	bdf_format(lease->device, bdf);
	return problem_set(why, -EBUSY,
		"device %s is in use by %s, which was not touched: stop that guest first", bdf,
		holder);
}

static int take(struct lease *lease, struct problem *why)
{
	int r = sync_note(lease, LEASE_ASSIGNABLE, why);

	if (r == 0 && !lease->was_assignable)
		r = lease->ops->make_assignable(lease->host, lease->device, why);
	if (r == 0)
		r = check_assignable(lease, true, why);
	return r;
}

int lease_take(struct lease *lease, const struct device_ops *ops, void *host, const char *root,
	struct bdf device, struct problem *why)
{
	char bdf[BDF_TEXT_MAX];
	bool empty = false;
	int r;

	*lease = (struct lease){
		.ops = ops, .host = host, .root = root, .fd = -1, .device = device
	};
	bdf_format(device, bdf);
	r = read_driver(root, device, lease->driver);
	if (r < 0)
		return problem_set(why, r, "this host has no device %s", bdf);
	r = open_note(lease, &empty, why);
	if (r == 0 && !empty)
		r = problem_set(why, -EBUSY,
			"a killed run still has a device leased: run `igd-harness host restore`");
	if (r < 0) {
		close_note(lease);
		return r;
	}
	r = check_free(lease, why);
	if (r == 0)
		r = ops->is_assignable(host, device, &lease->was_assignable, why);
	if (r < 0) {
		/* Nothing was done yet. */
		remove_note(lease, NULL);
		return r;
	}
	r = take(lease, why);
	if (r < 0) {
		/* The first sentence is the one to read. */
		lease_give_back(lease, NULL);
		close_note(lease);
	}
	return r;
}

int lease_lend(struct lease *lease, struct problem *why)
{
	return sync_note(lease, LEASE_GUEST, why);
}

int lease_return(struct lease *lease, struct problem *why)
{
	int r = check_assignable(lease, true, why);

	return r < 0 ? r : sync_note(lease, LEASE_ASSIGNABLE, why);
}

static int check_driver(struct lease *lease, struct problem *why)
{
	char driver[LEASE_DRIVER_MAX] = "", bdf[BDF_TEXT_MAX];

	read_driver(lease->root, lease->device, driver);
	if (strcmp(driver, lease->driver) != 0 && lease->driver[0]) {
		ask_driver(lease->root, lease->device, lease->driver);
		read_driver(lease->root, lease->device, driver);
	}
	if (strcmp(driver, lease->driver) == 0)
		return 0;
	bdf_format(lease->device, bdf);
	return problem_set(why, -ENODEV, "device %s had the driver \"%s\" and now has \"%s\"", bdf,
		lease->driver, driver);
}

int lease_give_back(struct lease *lease, struct problem *why)
{
	bool is = false;
	int r;

	if (lease->fd < 0)
		return 0;
	if (!lease->was_assignable) {
		r = sync_note(lease, LEASE_DOM0, why);
		if (r == 0)
			r = lease->ops->is_assignable(lease->host, lease->device, &is, why);
		if (r == 0 && is)
			r = lease->ops->give_back(lease->host, lease->device, why);
		if (r == 0)
			r = check_assignable(lease, false, why);
		if (r == 0)
			r = check_driver(lease, why);
		if (r < 0)
			return r;
	}
	return remove_note(lease, why);
}

/* Reads the note back into the lease. */
static int read_note(struct lease *lease, struct problem *why)
{
	char text[NOTE_MAX];
	ssize_t n = pread(lease->fd, text, sizeof(text), 0);
	const char *device, *driver;
	json_t *note = NULL;
	int was = 0, r;

	r = document_parse(
		text, n > 0 ? (size_t)n : 0, DOCUMENT_LEASE, DOCUMENT_VERSION, &note, why);
	if (r < 0)
		return r;
	if (json_unpack(note, "{s:s, s:s, s:b}", "device", &device, "driver", &driver,
		    "was_assignable", &was) < 0 ||
		bdf_parse(device, &lease->device) < 0 || strchr(driver, '/'))
		r = problem_set(why, -EINVAL,
			"%s cannot be read: list the devices with `xl "
			"pci-assignable-list`, return them with `xl "
			"pci-assignable-remove -r`, and remove the file",
			LEASE_FILE);
	else
		snprintf(lease->driver, sizeof(lease->driver), "%s", driver);
	lease->was_assignable = was;
	json_decref(note);
	return r;
}

/*
 * Killed between pciback's taking the device and Xen's, or the other way round on the way back, a
 * run leaves a device that libxl shows as assignable and refuses to remove ("failed to
 * de-quarantine"): made assignable once more, it is whole.
 */
static int complete(struct lease *lease, struct problem *why)
{
	bool is = false;
	int r = check_free(lease, why);

	if (r == 0)
		r = lease->ops->is_assignable(lease->host, lease->device, &is, why);
	if (r == 0 && is && !lease->was_assignable)
		r = lease->ops->make_assignable(lease->host, lease->device, why);
	return r;
}

int lease_restore(const struct device_ops *ops, void *host, const char *root, struct bdf *device_r,
	struct problem *why)
{
	struct lease lease = { .ops = ops, .host = host, .root = root, .fd = -1 };
	bool empty = false;
	int r;

	r = open_note(&lease, &empty, why);
	if (r == 0 && empty) {
		r = remove_note(&lease, why);
	} else if (r == 0) {
		r = read_note(&lease, why);
		if (r == 0) {
			*device_r = lease.device;
			r = complete(&lease, why);
		}
		if (r == 0)
			r = lease_give_back(&lease, why);
		if (r == 0)
			r = 1;
	}
	close_note(&lease);
	return r;
}
