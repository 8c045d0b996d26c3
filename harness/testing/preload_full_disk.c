/*
 * A disk that is full, for tests: preloaded, it lets the n-th operation that needs room below a
 * folder fail, and if told so all after it. Not installed.
 *
 *   FULL_DISK_BELOW=/absolute/folder  FULL_DISK_AT=n (from 1)  FULL_DISK_NOTE=file, elsewhere:
 *                                     what failed first is written there
 *   FULL_DISK_STAYS=1                 it stays full
 *   FULL_DISK_ERROR=errno             a different failure, such as EROFS (default: ENOSPC)
 *
 * Room is needed by: a new file or folder, a write, a rename, and a sync, which is where a file
 * system with delayed allocation says so. Removing always works, as on most.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/testing/preload.h"

/* The first failure is told to whoever runs the test: without one, n was beyond the last. */
static void note(const char *what, const char *path)
{
	__typeof__(&write) real_write = REAL(write);
	__typeof__(&open) real_open = REAL(open);
	const char *file = getenv("FULL_DISK_NOTE");
	int fd = file ? real_open(file, O_WRONLY | O_CREAT | O_TRUNC, 0644) : -1;
	char line[PATH_MAX + 32];
	int length = snprintf(line, sizeof(line), "%s %s\n", what, path);

	if (fd < 0 || length < 0 || real_write(fd, line, (size_t)length) != length)
		abort();
	close(fd);
}

static bool is_full(const char *what, const char *path)
{
	const char *below = getenv("FULL_DISK_BELOW"), *at = getenv("FULL_DISK_AT");
	static unsigned long count;
	unsigned long full_at = at ? strtoul(at, NULL, 10) : 0;

	if (!below || !full_at || strncmp(path, below, strlen(below)) != 0)
		return false;
	count++;
	if (count == full_at)
		note(what, path);
	return count == full_at || (count > full_at && getenv("FULL_DISK_STAYS"));
}

static bool is_full_fd(const char *what, int fd)
{
	char link[64], path[PATH_MAX];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof(path) - 1);
	path[n > 0 ? n : 0] = 0;
	return is_full(what, path);
}

static bool is_full_at(const char *what, int dir_fd, const char *path)
{
	return path[0] == '/' || dir_fd == AT_FDCWD ? is_full(what, path)
						    : is_full_fd(what, dir_fd);
}

static int no_room(void)
{
	const char *error = getenv("FULL_DISK_ERROR");

	errno = error ? atoi(error) : ENOSPC;
	return -1;
}

EXPORT ssize_t write(int fd, const void *bytes, size_t length)
{
	__typeof__(&write) next = REAL(write);

	return is_full_fd("write", fd) ? no_room() : next(fd, bytes, length);
}

EXPORT int fsync(int fd)
{
	__typeof__(&fsync) next = REAL(fsync);

	return is_full_fd("fsync", fd) ? no_room() : next(fd);
}

EXPORT int fdatasync(int fd)
{
	__typeof__(&fdatasync) next = REAL(fdatasync);

	return is_full_fd("fdatasync", fd) ? no_room() : next(fd);
}

EXPORT int mkdir(const char *path, mode_t mode)
{
	__typeof__(&mkdir) next = REAL(mkdir);

	return is_full("mkdir", path) ? no_room() : next(path, mode);
}

EXPORT int mkdirat(int dir_fd, const char *path, mode_t mode)
{
	__typeof__(&mkdirat) next = REAL(mkdirat);

	return is_full_at("mkdirat", dir_fd, path) ? no_room() : next(dir_fd, path, mode);
}

EXPORT int renameat(int from_fd, const char *from, int to_fd, const char *to)
{
	__typeof__(&renameat) next = REAL(renameat);

	return is_full_at("renameat", to_fd, to) ? no_room() : next(from_fd, from, to_fd, to);
}

EXPORT int renameat2(int from_fd, const char *from, int to_fd, const char *to, unsigned int flags)
{
	__typeof__(&renameat2) next = REAL(renameat2);

	return is_full_at("renameat2", to_fd, to) ? no_room()
						  : next(from_fd, from, to_fd, to, flags);
}

static int open_at(const char *name, int dir_fd, const char *path, int flags, mode_t mode)
{
	__typeof__(&openat) next = (__typeof__(&openat))preload_real(name);

	if ((flags & O_CREAT) && is_full_at(name, dir_fd, path))
		return no_room();
	return next(dir_fd, path, flags, mode);
}

/* The mode, which is there if the flags say so. */
#define MODE(flags, mode)                                                                          \
	do {                                                                                       \
		va_list ap;                                                                        \
		va_start(ap, flags);                                                               \
		(mode) = (flags) & (O_CREAT | O_TMPFILE) ? va_arg(ap, mode_t) : 0;                 \
		va_end(ap);                                                                        \
	} while (0)

EXPORT int openat(int dir_fd, const char *path, int flags, ...)
{
	mode_t mode;

	MODE(flags, mode);
	return open_at("openat", dir_fd, path, flags, mode);
}

/* With _FILE_OFFSET_BITS=64 the program's openat() is this one; here <fcntl.h> renames it too. */
int openat_64(int dir_fd, const char *path, int flags, ...) __asm__("openat64");

EXPORT int openat_64(int dir_fd, const char *path, int flags, ...)
{
	mode_t mode;

	MODE(flags, mode);
	return open_at("openat64", dir_fd, path, flags, mode);
}
