#include "harness/base/below/below.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

const char *below_error(int r)
{
	switch (r) {
	case -ELOOP:
		return "it is a link, and links in such a folder are not followed";
	case -EINVAL:
		return "it is not a regular file";
	case -EMLINK:
		return "the file has a second name, and may belong to something else";
	case -EFBIG:
		return "the file is too large";
	default:
		return strerror(-r);
	}
}

/* Relative, without empty parts, "." and "..". */
static bool is_below(const char *path)
{
	size_t length = 0;

	for (const char *part = path;; part += length + 1) {
		length = strcspn(part, "/");
		if (length == 0 || (part[0] == '.' && length == 1) ||
			(part[0] == '.' && part[1] == '.' && length == 2))
			return false;
		if (!part[length])
			return strlen(path) < PATH_MAX;
	}
}

static bool is_link(int dir_fd, const char *name)
{
	struct stat st;

	return fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode);
}

/* Opens a folder that is in `dir_fd`. A link to a folder is ENOTDIR to openat(). */
static int open_folder(int dir_fd, const char *name, int flags)
{
	int fd = openat(dir_fd, name, flags | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int r = fd < 0 ? -errno : fd;

	return r == -ENOTDIR && is_link(dir_fd, name) ? -ELOOP : r;
}

/* Before Linux 5.6, or where a filter of system calls does not know openat2(): part by part. */
static int walk(int dir_fd, const char *folder)
{
	char path[PATH_MAX], *rest = NULL;
	int fd = -1;

	snprintf(path, sizeof(path), "%s", folder);
	for (char *part = strtok_r(path, "/", &rest); part; part = strtok_r(NULL, "/", &rest)) {
		int next = open_folder(fd < 0 ? dir_fd : fd, part, O_PATH);

		if (fd >= 0)
			close(fd);
		if (next < 0)
			return next;
		fd = next;
	}
	return fd;
}

static int open_parent(int dir_fd, const char *folder)
{
	const struct open_how how = { .flags = O_PATH | O_DIRECTORY | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS };
	int fd = (int)syscall(__NR_openat2, dir_fd, folder, &how, sizeof(how));

	/* EPERM: filters of old container runtimes. EAGAIN: a rename was under way. */
	if (fd < 0 && (errno == ENOSYS || errno == EPERM || errno == EAGAIN))
		return walk(dir_fd, folder);
	return fd < 0 ? -errno : fd;
}

/* Where a path's last part is: a name in a folder that was reached without a link. */
struct spot {
	const char *name;
	int fd;
	bool opened; /* fd is ours */
};

static int find(int dir_fd, const char *path, struct spot *spot_r)
{
	const char *slash = strrchr(path, '/');
	char folder[PATH_MAX];

	*spot_r = (struct spot){ .name = path, .fd = dir_fd };
	if (!is_below(path))
		return -EINVAL;
	if (!slash)
		return 0;
	snprintf(folder, sizeof(folder), "%.*s", (int)(slash - path), path);
	*spot_r = (struct spot){ slash + 1, open_parent(dir_fd, folder), true };
	return spot_r->fd < 0 ? spot_r->fd : 0;
}

/* Closes the folder if it is ours. Returns `r`. */
static int leave(const struct spot *spot, int r)
{
	if (spot->opened && spot->fd >= 0)
		close(spot->fd);
	return r;
}

int below_plain(int fd, struct stat *st_r)
{
	int r = fd;

	if (fstat(fd, st_r) < 0)
		r = -errno;
	else if (!S_ISREG(st_r->st_mode))
		r = -EINVAL;
	if (r < 0)
		close(fd);
	return r;
}

static int open_plain(int dir_fd, const char *path, int flags, struct stat *st_r)
{
	struct spot spot;
	int r = find(dir_fd, path, &spot), fd;

	if (r < 0)
		return leave(&spot, r);
	fd = openat(
		spot.fd, spot.name, flags | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0644);
	/* A FIFO that nobody reads, and a socket: ENXIO. */
	if (fd < 0)
		return leave(&spot, errno == ENXIO || errno == EISDIR ? -EINVAL : -errno);
	return leave(&spot, below_plain(fd, st_r));
}

int below_folder(int dir_fd, const char *path)
{
	struct spot spot;
	int r = find(dir_fd, path, &spot);

	if (r == 0)
		r = open_folder(spot.fd, spot.name, O_RDONLY);
	return leave(&spot, r);
}

int below_make_folder(int dir_fd, const char *path, mode_t mode)
{
	struct spot spot;
	int r = find(dir_fd, path, &spot);

	if (r == 0 && mkdirat(spot.fd, spot.name, mode) < 0)
		r = -errno;
	return leave(&spot, r);
}

int below_read(int dir_fd, const char *path, uint64_t max, uint64_t *bytes_r)
{
	struct stat st;
	int fd = open_plain(dir_fd, path, O_RDONLY, &st);

	if (fd < 0)
		return fd;
	if ((uint64_t)st.st_size > max) {
		close(fd);
		return -EFBIG;
	}
	if (bytes_r)
		*bytes_r = (uint64_t)st.st_size;
	return fd;
}

int below_create(int dir_fd, const char *path, mode_t mode)
{
	struct spot spot;
	int r = find(dir_fd, path, &spot), fd = -1;

	if (r == 0 && unlinkat(spot.fd, spot.name, 0) < 0 && errno != ENOENT)
		r = -errno;
	if (r == 0) {
		fd = openat(spot.fd, spot.name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			mode);
		r = fd < 0 ? -errno : 0;
	}
	return leave(&spot, r < 0 ? r : fd);
}

int below_append(int dir_fd, const char *path)
{
	struct stat st;
	int fd = open_plain(dir_fd, path, O_WRONLY | O_CREAT | O_APPEND, &st);

	if (fd < 0 || st.st_nlink == 1)
		return fd;
	close(fd);
	return -EMLINK;
}

int below_lock(int dir_fd, const char *path, bool make)
{
	struct stat st;

	return open_plain(dir_fd, path, make ? O_RDWR | O_CREAT : O_RDONLY, &st);
}

int below_look(int dir_fd, const char *path, struct stat *st_r)
{
	struct spot spot;
	int r = find(dir_fd, path, &spot);

	if (r == 0 && fstatat(spot.fd, spot.name, st_r, AT_SYMLINK_NOFOLLOW) < 0)
		r = -errno;
	return leave(&spot, r);
}

bool below_exists(int dir_fd, const char *path)
{
	struct stat st;

	return below_look(dir_fd, path, &st) == 0;
}

int below_remove(int dir_fd, const char *path, bool folder)
{
	struct spot spot;
	int r = find(dir_fd, path, &spot);

	if (r == 0 && unlinkat(spot.fd, spot.name, folder ? AT_REMOVEDIR : 0) < 0)
		r = -errno;
	return leave(&spot, r);
}

int below_rename(
	int from_fd, const char *from, int to_fd, const char *to, unsigned int renameat2_flags)
{
	struct spot source, target = { .fd = -1 };
	int r = find(from_fd, from, &source);

	if (r == 0)
		r = find(to_fd, to, &target);
	if (r == 0 &&
		renameat2(source.fd, source.name, target.fd, target.name, renameat2_flags) < 0)
		r = -errno;
	leave(&target, 0);
	return leave(&source, r);
}

int below_parent(const char *path, char name[static BELOW_NAME_MAX])
{
	size_t length = strlen(path), start;
	char folder[PATH_MAX];
	int fd;

	if (length >= sizeof(folder))
		return -ENAMETOOLONG;
	while (length > 0 && path[length - 1] == '/')
		length--;
	for (start = length; start > 0 && path[start - 1] != '/'; start--)
		;
	if (length - start >= BELOW_NAME_MAX)
		return -ENAMETOOLONG;
	snprintf(name, BELOW_NAME_MAX, "%.*s", (int)(length - start), path + start);
	if (!is_below(name))
		return -EINVAL;
	snprintf(folder, sizeof(folder), "%.*s", (int)start, path);
	fd = open(start > 0 ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}
