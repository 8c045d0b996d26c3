#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/store.h"

static int write_all(int fd, const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t n = write(fd, bytes, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		bytes += n;
		length -= (size_t)n;
	}
	return 0;
}

int store_file_begin(int dir_fd, const char *name, struct store_file *file_r, struct problem *why)
{
	struct store_file file = { .dir_fd = dir_fd, .name = name };
	int r = 0;

	snprintf(file.temporary, sizeof(file.temporary), ".%s.new", name);
	file.fd = openat(dir_fd, file.temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (file.fd < 0)
		r = problem_set(why, -errno, "cannot write %s in the run directory: %s", name,
			strerror(errno));
	*file_r = file;
	return r;
}

int store_file_end(struct store_file *file, int r, struct problem *why)
{
	if (file->fd < 0)
		return r;
	if (r == 0 && fsync(file->fd) < 0)
		r = -errno;
	if (r == 0 && renameat(file->dir_fd, file->temporary, file->dir_fd, file->name) < 0)
		r = -errno;
	if (r == 0 && fsync(file->dir_fd) < 0)
		r = -errno;
	if (r < 0)
		unlinkat(file->dir_fd, file->temporary, 0);
	close(file->fd);
	file->fd = -1;
	return r < 0 ? problem_set(why, r, "cannot write %s in the run directory: %s", file->name,
			       strerror(-r))
		     : 0;
}

static ssize_t on_write(void *cookie, const char *bytes, size_t length)
{
	struct store_file *file = cookie;
	int r = file->error < 0 ? file->error : write_all(file->fd, bytes, length);

	file->error = r;
	return r < 0 ? 0 : (ssize_t)length;
}

FILE *store_file_stream(struct store_file *file)
{
	return fopencookie(file, "w", (cookie_io_functions_t){ .write = on_write });
}

int store_write(int dir_fd, const char *name, const void *bytes, size_t length, struct problem *why)
{
	struct store_file file;
	int r = store_file_begin(dir_fd, name, &file, why);

	return r < 0 ? r : store_file_end(&file, write_all(file.fd, bytes, length), why);
}

int store_write_json(int dir_fd, const char *name, const json_t *document, struct problem *why)
{
	char *text = document ? json_dumps(document, JSON_INDENT(1)) : NULL;
	int r;

	if (!text)
		return problem_set(why, -ENOMEM, "no memory to write %s", name);
	r = store_write(dir_fd, name, text, strlen(text), why);
	free(text);
	return r;
}
