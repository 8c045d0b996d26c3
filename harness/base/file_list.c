#include "harness/base/file_list.h"
#include "harness/base/below/below.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What is kept in a list is freed by file_list_free(); gcc 12's analyzer loses sight of it there.
 */
#if !defined(__clang__)
#pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
#endif

bool file_list_path_is_plain(const char *path)
{
	const char *part = path;

	if (strlen(path) >= FILE_LIST_PATH_MAX)
		return false;
	for (const char *c = path;; c++) {
		size_t length = (size_t)(c - part);

		if (*c && *c != '/') {
			if (*c < 0x20 || *c > 0x7e || *c == '\\')
				return false;
			continue;
		}
		if (length == 0 || (length == 1 && part[0] == '.') ||
			(length == 2 && part[0] == '.' && part[1] == '.'))
			return false;
		if (!*c)
			return true;
		part = c + 1;
	}
}

DIR *files_open(int dir_fd)
{
	int copy = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), error;
	DIR *dir = copy >= 0 ? fdopendir(copy) : NULL;

	if (dir || copy < 0)
		return dir;
	error = errno;
	close(copy);
	errno = error;
	return NULL;
}

static int add(struct files *files, const char *path, const struct stat *st, struct problem *why)
{
	struct file_list_entry *entries = files->entries;
	char *copy;

	if (files->count >= FILE_LIST_MAX)
		return problem_set(why, -E2BIG, "more than %u files", FILE_LIST_MAX);
	if (files->count == files->room) {
		size_t room = files->room ? 2 * files->room : 64;

		entries = reallocarray(entries, room, sizeof(*entries));
		if (!entries)
			return -ENOMEM;
		files->entries = entries;
		files->room = room;
	}
	copy = strdup(path);
	if (!copy)
		return -ENOMEM;
	entries[files->count++] = (struct file_list_entry){
		.path = copy,
		.folder = S_ISDIR(st->st_mode),
		.bytes = S_ISDIR(st->st_mode) ? 0 : (uint64_t)st->st_size,
	};
	return 0;
}

static bool is_listed(const char *const *list, const char *name)
{
	for (; list && *list; list++) {
		if (strcmp(*list, name) == 0)
			return true;
	}
	return false;
}

static int walk(int dir_fd, const char *prefix, int depth, const char *const *without,
	struct files *files, struct problem *why);

static int visit(int dir_fd, const char *name, const char *path, int depth, struct files *files,
	struct problem *why)
{
	struct stat st;
	int fd, r;

	if (!file_list_path_is_plain(path))
		return problem_set(why, -EINVAL,
			"a name below %.*s is too long or not plain ASCII: rename it",
			(int)(strlen(path) - strlen(name)), path);
	r = below_look(dir_fd, name, &st);
	if (r < 0)
		return problem_set(why, r, "cannot look at %s: %s", path, strerror(-r));
	if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
		return problem_set(why, -EINVAL,
			"%s is neither a regular file nor a folder, and no run wrote it: "
			"remove it",
			path);
	r = add(files, path, &st, why);
	if (r < 0 || S_ISREG(st.st_mode))
		return r;
	if (depth >= FILE_LIST_DEPTH)
		return problem_set(
			why, -E2BIG, "%s: folders are nested too deeply for a run", path);
	fd = below_folder(dir_fd, name);
	if (fd < 0)
		return problem_set(why, fd, "cannot open %s: %s", path, below_error(fd));
	r = walk(fd, path, depth + 1, NULL, files, why);
	close(fd);
	return r;
}

static int walk(int dir_fd, const char *prefix, int depth, const char *const *without,
	struct files *files, struct problem *why)
{
	DIR *dir = files_open(dir_fd);
	struct dirent *entry;
	int r = 0;

	if (!dir)
		return problem_set(why, -errno, "cannot list %s: %s", prefix[0] ? prefix : "it",
			strerror(errno));
	while (r == 0 && (errno = 0, entry = readdir(dir))) {
		char path[FILE_LIST_PATH_MAX + sizeof(entry->d_name) + 1];

		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
			is_listed(without, entry->d_name))
			continue;
		snprintf(path, sizeof(path), "%s%s%s", prefix, prefix[0] ? "/" : "", entry->d_name);
		r = visit(dir_fd, entry->d_name, path, depth, files, why);
	}
	if (r == 0 && errno)
		r = problem_set(why, -errno, "cannot list %s: %s", prefix, strerror(errno));
	closedir(dir);
	return r;
}

static int by_path(const void *a, const void *b)
{
	const struct file_list_entry *first = a, *second = b;

	return strcmp(first->path, second->path);
}

int file_list_read(
	int dir_fd, const char *const *without, struct files *files_r, struct problem *why)
{
	int r;

	*files_r = (struct files){ 0 };
	r = walk(dir_fd, "", 0, without, files_r, why);
	if (r < 0)
		file_list_free(files_r);
	else if (files_r->count > 0)
		qsort(files_r->entries, files_r->count, sizeof(*files_r->entries), by_path);
	return r;
}

void file_list_free(struct files *files)
{
	for (size_t i = 0; i < files->count; i++)
		free(files->entries[i].path);
	free(files->entries);
	*files = (struct files){ 0 };
}
