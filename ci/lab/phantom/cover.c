#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "ci/lab/phantom/phantom.h"
#include "src/problem.h"

#ifndef OPEN_TREE_CLONE
/* glibc has these two since 2.36, Linux since 5.2. */
#include <linux/mount.h>
#include <sys/syscall.h>

static int open_tree(int dirfd, const char *path, unsigned int flags)
{
	return (int)syscall(SYS_open_tree, dirfd, path, flags);
}

static int move_mount(
	int from_dirfd, const char *from, int to_dirfd, const char *to, unsigned int flags)
{
	return (int)syscall(SYS_move_mount, from_dirfd, from, to_dirfd, to, flags);
}
#endif

int cover(const char *from, const char *over, struct problem *why)
{
	/* mount(2) would follow a symbolic link. */
	int tree = open_tree(
		AT_FDCWD, from, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_SYMLINK_NOFOLLOW);
	int r = 0;

	if (tree < 0)
		return problem_set(
			why, -errno, "cannot take '%s' for a cover: %s", from, strerror(errno));
	if (move_mount(tree, "", AT_FDCWD, over, MOVE_MOUNT_F_EMPTY_PATH))
		r = problem_set(why, -errno, "cannot cover '%s': %s", over, strerror(errno));
	close(tree);
	return r;
}

int cover_off(const char *over, struct problem *why)
{
	while (cover_is_on(over)) {
		if (umount2(over, UMOUNT_NOFOLLOW))
			return problem_set(why, -errno, "cannot uncover '%s': %s%s", over,
				strerror(errno),
				errno == EBUSY ? "; is a guest using the device?" : "");
	}
	return 0;
}

bool cover_in(FILE *mountinfo, const char *path)
{
	char *line = NULL;
	size_t size = 0;
	bool found = false;

	/* The fifth field (proc(5)); blanks in it would be escaped, and none of our paths has any.
	 */
	while (!found && getline(&line, &size, mountinfo) > 0) {
		char *rest = line, *field = NULL;

		for (int i = 0; i < 5 && rest; i++)
			field = strsep(&rest, " ");
		found = field && strcmp(field, path) == 0;
	}
	free(line);
	return found;
}

bool cover_is_on(const char *path)
{
	FILE *mountinfo = fopen("/proc/self/mountinfo", "re");
	bool found = true;

	if (mountinfo) {
		found = cover_in(mountinfo, path);
		fclose(mountinfo);
	}
	return found;
}
