#include "harness/plan/transition.h"
#include "harness/base/below/below.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define MIB (1 << 20)

bool transition_is(const json_t *plan_cell)
{
	return json_is_object(json_object_get(plan_cell, "to"));
}

/* Is that setting of a transition true? */
static bool is_set(const json_t *plan_cell, const char *backend, const char *setting)
{
	const json_t *settings = json_object_get(json_object_get(plan_cell, "settings"), backend);

	return transition_is(plan_cell) && json_is_true(json_object_get(settings, setting));
}

bool transition_again(const json_t *plan_cell, const char *backend)
{
	return is_set(plan_cell, backend, "again");
}

bool transition_hotplug(const json_t *plan_cell, const char *backend)
{
	return is_set(plan_cell, backend, "hotplug");
}

json_t *transition_other_side(const json_t *plan_cell)
{
	json_t *other = json_copy((json_t *)plan_cell);

	if (other && json_object_update(other, json_object_get(plan_cell, "to")) < 0) {
		json_decref(other);
		return NULL;
	}
	return other;
}

int transition_folder(int cell_fd, bool make)
{
	int r = make ? below_make_folder(cell_fd, TRANSITION_FOLDER, 0755) : 0;

	return r < 0 ? r : below_folder(cell_fd, TRANSITION_FOLDER);
}

int transition_file(int dir_fd)
{
	static const char name[] = ".saved";
	int fd = below_create(dir_fd, name, 0600);

	/* Not O_TMPFILE, which not every file system has. */
	if (fd >= 0)
		below_remove(dir_fd, name, false);
	return fd;
}

int transition_disk(unsigned int mib)
{
	int fd = memfd_create("igd-disk", MFD_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (ftruncate(fd, (off_t)mib * MIB) < 0) {
		int r = -errno;

		close(fd);
		return r;
	}
	return fd;
}

bool transition_is_full(int fd)
{
	off_t end = lseek(fd, 0, SEEK_END);

	return end >= 0 && fallocate(fd, FALLOC_FL_KEEP_SIZE, end, MIB) < 0 &&
	       (errno == ENOSPC || errno == EDQUOT);
}
