#include "src/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

void tree_clean(char *text)
{
	size_t length = strlen(text);

	while (length > 0 && strchr(" \t\r\n", text[length - 1]))
		length--;
	text[length] = '\0';
	for (size_t i = 0; i < length; i++) {
		if (text[i] < 0x20 || text[i] > 0x7e)
			text[i] = '?';
	}
}

__attribute__((format(printf, 3, 0))) static int make_path(
	char path[static PATH_MAX], const char *root, const char *fmt, va_list ap)
{
	int head = snprintf(path, PATH_MAX, "%s/", root), tail;

	if (head < 0 || head >= PATH_MAX)
		return -ENAMETOOLONG;
	tail = vsnprintf(path + head, (size_t)(PATH_MAX - head), fmt, ap);
	return tail < 0 || tail >= PATH_MAX - head ? -ENAMETOOLONG : 0;
}

int tree_beneath(const char *root, const char *path, int flags)
{
	struct open_how how = { .flags = (uint64_t)flags | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS };
	int root_fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	long fd;

	if (root_fd < 0)
		return -errno;
	/* By the kernel's name for it: glibc's own list ends before it until 2.32. */
	fd = syscall(__NR_openat2, root_fd, path, &how, sizeof(how));
	if (fd < 0)
		fd = -errno;
	close(root_fd);
	return (int)fd;
}

__attribute__((format(printf, 3, 0))) static int open_path(
	const char *root, int flags, const char *fmt, va_list ap)
{
	char path[PATH_MAX];
	int r = make_path(path, root, fmt, ap);

	if (r < 0)
		return r;
	flags |= O_CLOEXEC | O_NOCTTY;
	/* Through the kernel and not through a check before: a tree may change. */
	if (root[0])
		return tree_beneath(root, path + strlen(root) + 1, flags);
	r = open(path, flags);
	return r < 0 ? -errno : r;
}

/* Opens a file to be read as text or bytes, and nothing else that may be in its place: a FIFO would
 * never end. */
__attribute__((format(printf, 2, 0))) static int open_file(
	const char *root, const char *fmt, va_list ap)
{
	int fd = open_path(root, O_RDONLY | O_NONBLOCK, fmt, ap);
	struct stat st;
	int r;

	if (fd < 0)
		return fd;
	if (fstat(fd, &st))
		r = -errno;
	else if (S_ISREG(st.st_mode) || (S_ISCHR(st.st_mode) && !root[0]))
		return fd;
	else
		r = S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
	close(fd);
	return r;
}

int tree_open(const char *root, int flags, const char *fmt, ...)
{
	va_list ap;
	int fd;

	va_start(ap, fmt);
	fd = open_path(root, flags, fmt, ap);
	va_end(ap);
	return fd;
}

FILE *tree_stream(const char *root, const char *fmt, ...)
{
	FILE *stream;
	va_list ap;
	int fd;

	va_start(ap, fmt);
	fd = open_file(root, fmt, ap);
	va_end(ap);
	if (fd < 0) {
		errno = -fd;
		return NULL;
	}
	stream = fdopen(fd, "r");
	if (!stream)
		close(fd);
	return stream;
}

__attribute__((format(printf, 3, 0))) static int read_text(
	const char *root, char text[static TREE_TEXT_MAX], const char *fmt, va_list ap)
{
	int fd = open_file(root, fmt, ap), r = 0;
	ssize_t got;

	text[0] = '\0';
	if (fd < 0)
		return fd;
	got = read(fd, text, TREE_TEXT_MAX - 1);
	if (got < 0)
		r = -errno;
	text[got < 0 ? 0 : got] = '\0';
	close(fd);
	tree_clean(text);
	return r;
}

int tree_text(const char *root, char text[static TREE_TEXT_MAX], const char *fmt, ...)
{
	va_list ap;
	int r;

	va_start(ap, fmt);
	r = read_text(root, text, fmt, ap);
	va_end(ap);
	return r;
}

json_t *tree_json(const char *root, const char *fmt, ...)
{
	char text[TREE_TEXT_MAX];
	va_list ap;
	int r;

	va_start(ap, fmt);
	r = read_text(root, text, fmt, ap);
	va_end(ap);
	return r < 0 ? json_null() : json_string(text);
}

ssize_t tree_bytes(const char *root, uint8_t *bytes, size_t size, const char *fmt, ...)
{
	size_t length = 0;
	ssize_t got = 0;
	va_list ap;
	int fd;

	va_start(ap, fmt);
	fd = open_file(root, fmt, ap);
	va_end(ap);
	if (fd < 0)
		return fd;
	while (length < size && (got = read(fd, bytes + length, size - length)) > 0)
		length += (size_t)got;
	if (got < 0)
		got = -errno;
	close(fd);
	return got < 0 ? got : (ssize_t)length;
}

int tree_link(const char *root, char text[static TREE_TEXT_MAX], const char *fmt, ...)
{
	char path[PATH_MAX], target[PATH_MAX];
	const char *last;
	va_list ap;
	ssize_t got;
	int r;

	text[0] = '\0';
	va_start(ap, fmt);
	r = make_path(path, root, fmt, ap);
	va_end(ap);
	if (r < 0)
		return r;
	got = readlink(path, target, sizeof(target) - 1);
	if (got < 0)
		return -errno;
	target[got] = '\0';
	last = strrchr(target, '/');
	snprintf(text, TREE_TEXT_MAX, "%.*s", TREE_TEXT_MAX - 1, last ? last + 1 : target);
	tree_clean(text);
	return 0;
}

static bool is_numbered(const char *name, const char *prefix)
{
	size_t length = strlen(prefix);

	if (strncmp(name, prefix, length) != 0 || !name[length])
		return false;
	return strspn(name + length, "0123456789") == strlen(name + length);
}

int tree_list(const char *root, const char *directory, const char *prefix, struct dirent ***names_r)
{
	struct dirent **names = NULL;
	char path[PATH_MAX];
	int count, kept = 0;

	if (snprintf(path, sizeof(path), "%s/%s", root, directory) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	count = scandir(path, &names, NULL, versionsort);
	if (count < 0)
		return -errno;
	for (int i = 0; names && i < count; i++) {
		if (is_numbered(names[i]->d_name, prefix))
			names[kept++] = names[i];
		else
			free(names[i]);
	}
	*names_r = names;
	return kept;
}

void tree_list_free(struct dirent **names, int count)
{
	for (int i = 0; names && i < count; i++)
		free(names[i]);
	free(names);
}

json_t *tree_list_json(const char *root, const char *directory, const char *prefix, int max,
	json_t *(*make)(const char *root, const char *name))
{
	json_t *list = json_array();
	struct dirent **names = NULL;
	int count = tree_list(root, directory, prefix, &names), r = list ? 0 : -ENOMEM;

	for (int i = 0; r == 0 && names && i < count && i < max; i++)
		r = json_array_append_new(list, make(root, names[i]->d_name));
	if (count > 0)
		tree_list_free(names, count);
	if (r < 0) {
		json_decref(list);
		return NULL;
	}
	return list;
}
