/*
 * The files below a folder, as a sorted list: what there is to bundle.
 */
#ifndef IGD_BASE_FILE_LIST_H
#define IGD_BASE_FILE_LIST_H

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/problem.h"

#define FILE_LIST_MAX      (1u << 20) /* entries; 4,096 cells of 20 files are 81,920 */
#define FILE_LIST_DEPTH    8          /* folders within folders */
#define FILE_LIST_PATH_MAX 512        /* bytes of a path, with the 0 */

struct file_list_entry {
	char *path; /* from the folder, "cells/001-x/end.json" */
	bool folder;
	uint64_t bytes;
};

struct files {
	struct file_list_entry *entries; /* by path; a folder comes before what is in it */
	size_t count, room;
};

/*
 * Is it a path below a folder that may be written and printed as it is: printable ASCII without a
 * backslash, not absolute, no empty part, no "." and no ".."?
 */
bool file_list_path_is_plain(const char *path);

/*
 * Opens the folder for reading its entries from the first on, whatever `dir_fd` has been used for.
 * Returns it, to be closed with closedir(), or NULL with errno.
 */
DIR *files_open(int dir_fd);

/*
 * Lists what is below `dir_fd`, without the entries of its own that are in `without` (ends with
 * NULL). Anything but plain files and folders with plain names is refused by name (-EINVAL), as are
 * too many or too deep ones (-E2BIG). Returns 0 and the list, to be freed with file_list_free(), or
 * a negative errno with the sentence.
 */
int file_list_read(
	int dir_fd, const char *const *without, struct files *files_r, struct problem *why);

void file_list_free(struct files *files);

#endif
