#include "harness/backend/lease_note.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/shape/shape.h"
#include "src/document.h"

#define NOTE_MAX 8192
/* How often another process may end its lease between our opening the note and our locking it. */
#define OPEN_TRIES 100

static const char *const state_names[] = {
	[LEASE_DOM0] = "dom0",
	[LEASE_ASSIGNABLE] = "assignable",
	[LEASE_GUEST] = "guest",
};

/* Whether the note that we locked is still the one by that name: who had it before may have ended
 * its lease, and removed it, since we opened it. */
static bool is_current(const char *path, const struct stat *ours)
{
	struct stat st;

	return stat(path, &st) == 0 && st.st_dev == ours->st_dev && st.st_ino == ours->st_ino;
}

/* One attempt of note_open(); -EAGAIN if the note went away meanwhile. */
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

void note_close(struct lease *lease)
{
	if (lease->fd >= 0)
		close(lease->fd);
	lease->fd = -1;
}

int note_open(struct lease *lease, bool *empty_r, struct problem *why)
{
	for (int i = 0; i < OPEN_TRIES; i++) {
		int r = try_note(lease, empty_r, why);

		if (r != -EAGAIN)
			return r;
		note_close(lease);
	}
	return problem_set(
		why, -EBUSY, "%s changed on each read, because other runs are active", LEASE_FILE);
}

int note_remove(struct lease *lease, struct problem *why)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s" LEASE_FILE, lease->root);
	if (unlink(path) < 0 && errno != ENOENT)
		return problem_set(why, -errno, "cannot remove %s: %s", path, strerror(errno));
	snprintf(path, sizeof(path), "%s" LEASE_FOLDER, lease->root);
	if (rmdir(path) < 0) {
		/* Somebody waits for the lock already; then it is in use. */
	}
	note_close(lease);
	return 0;
}

/* The keys of one device, put into `to`. */
static int put_device(json_t *to, const struct leased_device *leased)
{
	char bdf[BDF_TEXT_MAX];

	bdf_format(leased->device, bdf);
	if (json_object_set_new(to, "device", json_string(bdf)) < 0 ||
		json_object_set_new(to, "driver", json_string(leased->driver)) < 0)
		return -ENOMEM;
	return json_object_set_new(to, "was_assignable", json_boolean(leased->was_assignable));
}

/* The first device has its keys in the note itself, as every note had when there was only one. */
static json_t *describe(const struct lease *lease, enum lease_state state)
{
	json_t *note = document_new(DOCUMENT_LEASE, DOCUMENT_VERSION), *more = json_array();
	int r = note && more ? put_device(note, &lease->devices[0]) : -ENOMEM;

	for (size_t i = 1; i < lease->count && r == 0; i++) {
		json_t *device = json_object();

		r = device ? put_device(device, &lease->devices[i]) : -ENOMEM;
		if (json_array_append_new(more, device) < 0)
			r = -ENOMEM;
	}
	if (r < 0 || json_object_set_new(note, "state", json_string(state_names[state])) < 0 ||
		json_object_set_new(note, "pid", json_integer(getpid())) < 0 ||
		(json_array_size(more) > 0 && json_object_set(note, "more", more) < 0)) {
		json_decref(note);
		note = NULL;
	}
	json_decref(more);
	return note;
}

int note_sync(struct lease *lease, enum lease_state state, struct problem *why)
{
	char text[NOTE_MAX];
	json_t *note = describe(lease, state);
	size_t length = note ? json_dumpb(note, text, sizeof(text), JSON_COMPACT) : 0;

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

static int take_device(json_t *from, struct lease *lease)
{
	struct leased_device *leased = &lease->devices[lease->count];
	const char *device, *driver;
	int was = 0;

	if (lease->count == LEASE_DEVICES_MAX ||
		json_unpack(from, "{s:s, s:s, s:b}", "device", &device, "driver", &driver,
			"was_assignable", &was) < 0 ||
		bdf_parse(device, &leased->device) < 0 || strchr(driver, '/') ||
		strlen(driver) >= sizeof(leased->driver))
		return -EINVAL;
	snprintf(leased->driver, sizeof(leased->driver), "%s", driver);
	leased->was_assignable = was;
	lease->count++;
	return 0;
}

int note_read(struct lease *lease, struct problem *why)
{
	char text[NOTE_MAX];
	ssize_t n = pread(lease->fd, text, sizeof(text), 0);
	json_t *note = NULL, *device;
	size_t i;
	int r;

	r = shape_parse(text, n > 0 ? (size_t)n : 0, DOCUMENT_LEASE, &note, why);
	if (r < 0)
		return r;
	lease->count = 0;
	r = take_device(note, lease);
	json_array_foreach(json_object_get(note, "more"), i, device)
	{
		if (r == 0)
			r = take_device(device, lease);
	}
	json_decref(note);
	if (r < 0)
		return problem_set(why, -EINVAL,
			"%s cannot be read: list the devices with `xl "
			"pci-assignable-list`, return each with `xl pci-assignable-remove "
			"-r`, and remove the file",
			LEASE_FILE);
	return 0;
}
