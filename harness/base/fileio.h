/*
 * Whole files: reads are bounded, writes are atomic.
 *
 * Files are opened below `dir_fd` (harness/base/below/below.h): no link is followed. With AT_FDCWD
 * the name is a path that the user gave, and links are followed; that is for reading only.
 */
#ifndef IGD_BASE_FILEIO_H
#define IGD_BASE_FILEIO_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "src/problem.h"

#define FILEIO_MAX      (256u << 20) /* the most bytes that are read of one file */
#define FILEIO_NAME_MAX 256          /* bytes of a name to write, with ".", ".new" and the 0 */

/*
 * Reads a whole regular file of at most FILEIO_MAX bytes and appends a 0. The caller frees.
 * Returns 0; -ENOENT without a sentence; -EFBIG for a larger file, -EINVAL if it is not a regular
 * file, or a different negative errno, each with a sentence.
 */
int fileio_read(
	int dir_fd, const char *name, char **bytes_r, size_t *length_r, struct problem *why);

/*
 * Reads at most the first `max` bytes of a regular file and appends a 0; *more_r is true if the
 * file has more. The caller frees. Errors as fileio_read().
 */
int fileio_read_head(int dir_fd, const char *name, size_t max, char **bytes_r, size_t *length_r,
	bool *more_r, struct problem *why);

/* Copies the last line of a log, cut at `size` - 1 bytes; "" if the log cannot be read. */
void fileio_last_line(int dir_fd, const char *name, char *line, size_t size);

/* Reads a document of that format. New reference. Errors as fileio_read() and shape_parse(). */
int fileio_read_json(
	int dir_fd, const char *name, const char *format, json_t **document_r, struct problem *why);

/*
 * Writes a whole file under a temporary name, syncs it, renames it and syncs the directory. A
 * reader sees the old file or the new one, also after a power cut.
 * Returns 0, or a negative errno with a sentence; then the old file is as it was.
 */
int fileio_write(
	int dir_fd, const char *name, const void *bytes, size_t length, struct problem *why);

/* What a file, or stdout, gets. write() returns 0, or a negative errno, best with a sentence. */
struct fileio_source {
	int (*write)(void *data, FILE *stream, struct problem *why);
	void *data;
};

/*
 * Like fileio_write(), for content that is not in memory as a whole. Returns 0, or a negative errno
 * with a sentence, in which the file is called `shown`: if the file could not be written its own,
 * else the source's.
 */
int fileio_write_from(int dir_fd, const char *name, const char *shown,
	const struct fileio_source *source, struct problem *why);

/* Writes a document with fileio_write(). A NULL document is -ENOMEM. */
int fileio_write_json(int dir_fd, const char *name, const json_t *document, struct problem *why);

/*
 * The parts of fileio_write(): atomic_file_begin() opens a temporary
 * file, the caller writes to `fd` or to the stream, atomic_file_end() renames it.
 */
struct atomic_file {
	int dir_fd, fd;
	const char *name; /* borrowed until the end */
	char temporary[FILEIO_NAME_MAX];
	int error; /* the first error of the stream, a negative errno */
};

int atomic_file_begin(
	int dir_fd, const char *name, struct atomic_file *file_r, struct problem *why);

/*
 * Gives the file its name if `r` is 0, else removes it. Returns `r`, or a negative errno with a
 * sentence if that failed. Does nothing if atomic_file_begin() failed.
 */
int atomic_file_end(struct atomic_file *file, int r, struct problem *why);

/*
 * Returns a stream into the file, which the caller closes with fclose() before the end, or NULL
 * without memory. The reason of a failed write is in `error`.
 */
FILE *atomic_file_stream(struct atomic_file *file);

#endif
