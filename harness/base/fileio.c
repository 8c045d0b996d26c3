#include "harness/base/fileio.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/below/below.h"
#include "harness/base/shape/shape.h"
#include "src/io.h"

/* At most `max` bytes of an open file, and a 0 behind them. Returns 0 or a negative errno. */
static int read_open(int fd, size_t max, char **bytes_r, size_t *length_r)
{
	char *bytes = malloc(max + 1);
	size_t used = 0;

	if (!bytes)
		return -ENOMEM;
	while (used < max) {
		ssize_t n = read(fd, bytes + used, max - used);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			free(bytes);
			return -errno;
		}
		if (n == 0)
			break;
		used += (size_t)n;
	}
	bytes[used] = 0;
	*bytes_r = bytes;
	*length_r = used;
	return 0;
}

/* A plain file that the user named: wherever it is, and whatever links lead to it. */
static int open_named(const char *name, uint64_t *bytes_r)
{
	int fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	if (fd < 0)
		return -errno;
	fd = below_plain(fd, &st);
	if (fd >= 0)
		*bytes_r = (uint64_t)st.st_size;
	return fd;
}

static int open_sized(int dir_fd, const char *name, uint64_t *bytes_r)
{
	return dir_fd == AT_FDCWD ? open_named(name, bytes_r)
				  : below_read(dir_fd, name, BELOW_ANY_SIZE, bytes_r);
}

int fileio_read_head(int dir_fd, const char *name, size_t max, char **bytes_r, size_t *length_r,
	bool *more_r, struct problem *why)
{
	uint64_t bytes = 0;
	int fd = open_sized(dir_fd, name, &bytes), r = fd;

	if (fd >= 0) {
		*more_r = bytes > max;
		r = read_open(fd, *more_r ? max : (size_t)bytes, bytes_r, length_r);
		close(fd);
	}
	if (r < 0 && r != -ENOENT)
		problem_set(why, r, "cannot read %s: %s", name, below_error(r));
	return r;
}

int fileio_read(int dir_fd, const char *name, char **bytes_r, size_t *length_r, struct problem *why)
{
	uint64_t bytes = 0;
	int fd = open_sized(dir_fd, name, &bytes), r = fd;

	/* Before any of it is read. */
	if (fd >= 0 && bytes > FILEIO_MAX) {
		close(fd);
		return problem_set(why, -EFBIG, "%s is not a regular file of at most %u bytes",
			name, FILEIO_MAX);
	}
	if (fd >= 0) {
		r = read_open(fd, (size_t)bytes, bytes_r, length_r);
		close(fd);
	}
	if (r < 0 && r != -ENOENT)
		problem_set(why, r, "cannot read %s: %s", name, below_error(r));
	return r;
}

void fileio_last_line(int dir_fd, const char *name, char *line, size_t size)
{
	char *log = NULL, *end, *begin;
	size_t length = 0;

	line[0] = 0;
	if (fileio_read(dir_fd, name, &log, &length, NULL) < 0 || !log)
		return;
	end = log + length;
	while (end > log && (end[-1] == '\n' || end[-1] == '\r'))
		*--end = 0;
	begin = memrchr(log, '\n', (size_t)(end - log));
	snprintf(line, size, "%s", begin ? begin + 1 : log);
	free(log);
}

int fileio_read_json(
	int dir_fd, const char *name, const char *format, json_t **document_r, struct problem *why)
{
	struct problem inner = { 0 };
	char *text = NULL;
	size_t length = 0;
	int r;

	r = fileio_read(dir_fd, name, &text, &length, why);
	if (r < 0)
		return r;
	r = shape_parse(text, length, format, document_r, &inner);
	if (r < 0)
		problem_set(why, r, "%s: %s", name, inner.text);
	free(text);
	return r;
}

int atomic_file_begin(int dir_fd, const char *name, struct atomic_file *file_r, struct problem *why)
{
	struct atomic_file file = { .dir_fd = dir_fd, .name = name };
	int r = 0;

	snprintf(file.temporary, sizeof(file.temporary), ".%s.new", name);
	file.fd = below_create(dir_fd, file.temporary, 0644);
	if (file.fd < 0)
		r = problem_set(why, file.fd, "cannot write %s: %s", name, below_error(file.fd));
	*file_r = file;
	return r;
}

int atomic_file_end(struct atomic_file *file, int r, struct problem *why)
{
	if (file->fd < 0)
		return r;
	if (r == 0 && fsync(file->fd) < 0)
		r = -errno;
	if (r == 0)
		r = below_rename(file->dir_fd, file->temporary, file->dir_fd, file->name, 0);
	if (r == 0 && fsync(file->dir_fd) < 0)
		r = -errno;
	if (r < 0)
		below_remove(file->dir_fd, file->temporary, false);
	close(file->fd);
	file->fd = -1;
	return r < 0 ? problem_set(why, r, "cannot write %s: %s", file->name, strerror(-r)) : 0;
}

static ssize_t on_write(void *cookie, const char *bytes, size_t length)
{
	struct atomic_file *file = cookie;
	int r = file->error < 0 ? file->error : io_write_all(file->fd, bytes, length);

	file->error = r;
	return r < 0 ? 0 : (ssize_t)length;
}

FILE *atomic_file_stream(struct atomic_file *file)
{
	return fopencookie(file, "w", (cookie_io_functions_t){ .write = on_write });
}

int fileio_write(
	int dir_fd, const char *name, const void *bytes, size_t length, struct problem *why)
{
	struct atomic_file file;
	int r = atomic_file_begin(dir_fd, name, &file, why);

	return r < 0 ? r : atomic_file_end(&file, io_write_all(file.fd, bytes, length), why);
}

int fileio_write_from(int dir_fd, const char *name, const char *shown,
	const struct fileio_source *source, struct problem *why)
{
	struct problem inner = { 0 };
	struct atomic_file file;
	FILE *stream = NULL;
	int r = atomic_file_begin(dir_fd, name, &file, NULL);

	if (r == 0 && !(stream = atomic_file_stream(&file)))
		r = -ENOMEM;
	if (r == 0)
		r = source->write(source->data, stream, &inner);
	if (stream && fclose(stream) != 0 && r == 0)
		r = -EIO;
	/* The source may have failed because its file did. */
	if (file.error < 0) {
		r = file.error;
		inner.text[0] = 0;
	}
	r = atomic_file_end(&file, r, NULL);
	if (r < 0 && inner.text[0])
		return problem_set(why, r, "%s", inner.text);
	return r < 0 ? problem_set(why, r, "cannot write %s: %s", shown, strerror(-r)) : 0;
}

int fileio_write_json(int dir_fd, const char *name, const json_t *document, struct problem *why)
{
	char *text = document ? json_dumps(document, JSON_INDENT(1)) : NULL;
	int r;

	if (!text)
		return problem_set(why, -ENOMEM, "no memory to write %s", name);
	r = fileio_write(dir_fd, name, text, strlen(text), why);
	free(text);
	return r;
}
