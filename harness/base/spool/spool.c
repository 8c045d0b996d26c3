#include "harness/base/spool/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/io.h"

#define COPY_BYTES (64u << 10) /* that are copied at a time */

static ssize_t on_write(void *data, const char *bytes, size_t length)
{
	struct spool *spool = data;
	int r = spool->error < 0 ? spool->error : io_write_all(spool->fd, bytes, length);

	spool->error = r;
	return r < 0 ? 0 : (ssize_t)length;
}

static ssize_t on_read(void *data, char *bytes, size_t size)
{
	struct spool *spool = data;
	ssize_t n;

	do
		n = read(spool->fd, bytes, size);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		spool->error = -errno;
	return n;
}

static int on_seek(void *data, off64_t *offset, int whence)
{
	const struct spool *spool = data;
	off_t at = lseek(spool->fd, *offset, whence);

	*offset = at;
	return at < 0 ? -1 : 0;
}

/* A new file in the folder, without a name; a negative errno if it cannot be. Not O_TMPFILE, which
 * not every file system has. */
static int open_unnamed(const char *folder)
{
	char *path;
	int fd;

	if (asprintf(&path, "%s/igd-harness-XXXXXX", folder) < 0)
		return -ENOMEM;
	fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0)
		fd = -errno;
	else
		unlink(path);
	free(path);
	return fd;
}

/* The sentence for an error of the file. */
static int say(const struct spool *spool, int r, struct problem *why)
{
	return problem_set(why, r,
		"cannot keep the cells in a temporary file in %s: %s; TMPDIR chooses a different "
		"folder",
		spool->folder, strerror(-r));
}

int spool_open(struct spool *spool_r, struct problem *why)
{
	const char *wanted = getenv("TMPDIR");
	const char *const folders[] = { "/var/tmp", "/tmp" };

	*spool_r = SPOOL_NONE;
	spool_r->folder = wanted && *wanted ? wanted : folders[0];
	spool_r->fd = open_unnamed(spool_r->folder);
	if (spool_r->fd < 0 && spool_r->folder == folders[0]) {
		spool_r->folder = folders[1];
		spool_r->fd = open_unnamed(spool_r->folder);
	}
	if (spool_r->fd < 0)
		return say(spool_r, spool_r->fd, why);
	spool_r->stream = fopencookie(spool_r, "w+",
		(cookie_io_functions_t){ .read = on_read, .write = on_write, .seek = on_seek });
	if (!spool_r->stream) {
		spool_close(spool_r);
		return say(spool_r, -ENOMEM, why);
	}
	return 0;
}

int spool_check(const struct spool *spool, struct problem *why)
{
	return spool->error < 0 ? say(spool, spool->error, why) : 0;
}

/* The error of a call on the stream that failed. */
static int failed(const struct spool *spool)
{
	return spool->error < 0 ? spool->error : -EIO;
}

int spool_put(struct spool *spool, const json_t *document, uint64_t *at_r, struct problem *why)
{
	char *line = json_dumps(document, JSON_COMPACT);
	int r = 0;

	if (!line)
		return say(spool, -ENOMEM, why);
	if (fputs(line, spool->stream) == EOF || putc('\n', spool->stream) == EOF)
		r = say(spool, failed(spool), why);
	*at_r = spool->end;
	spool->end += strlen(line) + 1;
	free(line);
	return r;
}

int spool_get(struct spool *spool, uint64_t *at, json_t **document_r, struct problem *why)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t length = -1;

	if (fseeko(spool->stream, (off_t)*at, SEEK_SET) == 0)
		length = getline(&line, &size, spool->stream);
	/* A text of a guest may have a 0 in it. */
	*document_r = length < 0 ? NULL : json_loadb(line, (size_t)length, JSON_ALLOW_NUL, NULL);
	free(line);
	if (!*document_r)
		return say(spool, spool->error < 0 ? spool->error : -EINVAL, why);
	*at += (uint64_t)length;
	return 0;
}

int spool_clear(struct spool *spool, struct problem *why)
{
	if (fflush(spool->stream) != 0)
		return say(spool, failed(spool), why);
	if (ftruncate(spool->fd, 0) < 0)
		return say(spool, -errno, why);
	spool->end = 0;
	return fseeko(spool->stream, 0, SEEK_SET) < 0 ? say(spool, failed(spool), why) : 0;
}

int spool_copy(struct spool *spool, FILE *stream, struct problem *why)
{
	char *bytes = malloc(COPY_BYTES);
	size_t n = 1;
	int r = 0;

	if (!bytes)
		return say(spool, -ENOMEM, why);
	if (fseeko(spool->stream, 0, SEEK_SET) < 0)
		r = say(spool, failed(spool), why);
	while (r == 0 && n > 0) {
		n = fread(bytes, 1, COPY_BYTES, spool->stream);
		if (fwrite(bytes, 1, n, stream) < n)
			r = -EIO;
	}
	if (r == 0 && ferror(spool->stream))
		r = say(spool, failed(spool), why);
	free(bytes);
	return r;
}

void spool_close(struct spool *spool)
{
	if (spool->stream)
		fclose(spool->stream);
	if (spool->fd >= 0)
		close(spool->fd);
	*spool = SPOOL_NONE;
}
