/*
 * Files of sysfs, procfs and devtmpfs below a root, as bounded and printable text.
 *
 * `root` is "" for this machine, or the directory of a recorded tree. Paths are printf formats
 * without a leading slash. A recorded tree may come from anybody: no link leads out of it (-EXDEV),
 * and what is read is a plain file (-EINVAL; -EISDIR).
 */
#ifndef IGD_TREE_H
#define IGD_TREE_H

#include <dirent.h>
#include <jansson.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

/* Bytes of one file that are kept, the end included: a whole kernel command line (x86: 2048). */
#define TREE_TEXT_MAX 2048

/*
 * Makes text printable ASCII in place: any other byte becomes '?', and blanks and newlines at the
 * end are cut. What firmware or hardware put into a file then cannot break JSON or a terminal.
 */
void tree_clean(char *text);

/* Opens a file. Returns a descriptor the caller closes, or a negative errno. */
int tree_open(const char *root, int flags, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Opens what is there below a recorded tree's root, without leaving it. As open(2), or a negative
 * errno. */
int tree_beneath(const char *root, const char *path, int flags);

/* Opens a file for reading lines. Returns a stream the caller closes, or NULL with errno. */
FILE *tree_stream(const char *root, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Reads a small file into `text`, cleaned; what does not fit is cut. 0 or a negative errno. */
int tree_text(const char *root, char text[static TREE_TEXT_MAX], const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Reads a small file as a JSON string, or JSON null if it cannot be read. NULL without memory. */
json_t *tree_json(const char *root, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Reads at most `size` bytes of a file. Returns how many, or a negative errno. */
ssize_t tree_bytes(const char *root, uint8_t *bytes, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* Reads the last part of what a symbolic link points at, cleaned. 0 or a negative errno. */
int tree_link(const char *root, char text[static TREE_TEXT_MAX], const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Lists names of a directory that are `prefix` and a number, in the order of the numbers.
 * Returns how many, with *names_r for tree_list_free(), or a negative errno.
 */
int tree_list(
	const char *root, const char *directory, const char *prefix, struct dirent ***names_r);

void tree_list_free(struct dirent **names, int count);

/* The same as an array of what `make` makes of each, at most `max`. Returns a new array, empty if
 * there is no such directory, or NULL without memory. */
json_t *tree_list_json(const char *root, const char *directory, const char *prefix, int max,
	json_t *(*make)(const char *root, const char *name));

#endif
