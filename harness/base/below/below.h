/*
 * The only opener of files below a run directory, a bisection's state, or a folder that a different
 * host filled: harness/OPENERS lists the others, which open files that the user named or that the
 * system has.
 *
 * Somebody else may have made the folder. No link is followed, wherever in the path it is; no path
 * leads out of the folder; a FIFO or a device is never waited for; only plain files are opened.
 * A path is relative, without empty parts, "." and "..".
 *
 * Each function returns a negative errno if it fails: -ELOOP for a link, -EINVAL for anything else
 * that is not a plain file and for a path that is not as above. below_error() is the sentence.
 */
#ifndef IGD_BASE_BELOW_H
#define IGD_BASE_BELOW_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#define BELOW_ANY_SIZE UINT64_MAX

/* Why it failed, for "cannot read %s: %s". Static, or of strerror(). */
const char *below_error(int r);

/*
 * Keeps an open file if it is a plain one, and closes any other: returns `fd`, and what fstat() has
 * of it, or -EINVAL. For what is opened by the path that a user gave, too.
 */
int below_plain(int fd, struct stat *st_r);

/* Opens a folder for reading. Returns its descriptor, which the caller closes. */
int below_folder(int dir_fd, const char *path);

/* Makes a folder. Returns 0; -EEXIST if anything has that name. */
int below_make_folder(int dir_fd, const char *path, mode_t mode);

/*
 * Opens a plain file of at most `max` bytes for reading. Returns its descriptor, which the caller
 * closes, and its size in *bytes_r if that is there; -EFBIG for a larger file.
 */
int below_read(int dir_fd, const char *path, uint64_t max, uint64_t *bytes_r);

/*
 * Makes a new file for reading and writing; a file, a link or a FIFO that has its name is removed
 * first, and what a link leads to stays as it is. Returns its descriptor, which the caller closes.
 */
int below_create(int dir_fd, const char *path, mode_t mode);

/*
 * Opens a plain file for writing at its end, and makes it if there is none. A file with a second
 * name (hard link) may be anybody's: -EMLINK. Returns its descriptor, which the caller closes.
 */
int below_append(int dir_fd, const char *path);

/*
 * Opens a file to flock(). With `make` it is opened for writing and made if there is none, else for
 * reading. Returns its descriptor, which the caller closes.
 */
int below_lock(int dir_fd, const char *path, bool make);

/* As fstatat() of what has the name, a link itself. 0; -ENOENT if nothing has it. */
int below_look(int dir_fd, const char *path, struct stat *st_r);

/* Has anything the name, also a link that leads nowhere? */
bool below_exists(int dir_fd, const char *path);

/* As unlinkat() of a file, or of an empty folder if `folder`. */
int below_remove(int dir_fd, const char *path, bool folder);

/* As renameat2(). */
int below_rename(
	int from_fd, const char *from, int to_fd, const char *to, unsigned int renameat2_flags);

/*
 * The name and the parent of a folder that the user named, of which slashes at the end are taken
 * off: opens the parent, in whose path links are followed, and gives the name in it in `name`.
 * Returns the parent's descriptor, which the caller closes; -EINVAL if the last part of the path
 * is not a name ("/", ".", ".."), -ENAMETOOLONG.
 */
#define BELOW_NAME_MAX 256 /* bytes with the 0: NAME_MAX of Linux is 255 */

int below_parent(const char *path, char name[static BELOW_NAME_MAX]);

#endif
