/*
 * A transition: a cell whose guest is saved, and restored with other settings; or which powers its
 * guest off, and starts it again (the setting `again`); or whose guest goes on with other devices
 * (the setting `hotplug`).
 *
 * What the second guest leaves is in a folder of its own in the cell's, TRANSITION_FOLDER, with
 * the same names as what the first left in the cell's: two guests, two records of one form. The
 * saved guest and its disk have no names at all: they are gone when the last who has them open is,
 * however that ends.
 */
#ifndef IGD_PLAN_TRANSITION_H
#define IGD_PLAN_TRANSITION_H

#include <jansson.h>
#include <stdbool.h>

#include "src/problem.h"

#define TRANSITION_FOLDER "restored"

/* Is this cell of a plan one? */
bool transition_is(const json_t *plan_cell);

/* Is the second guest of this transition started, not restored, on that back end? */
bool transition_again(const json_t *plan_cell, const char *backend);

/* Does the guest of this transition go on with the devices of the other side, on that back end? */
bool transition_hotplug(const json_t *plan_cell, const char *backend);

/* The cell as which its second guest is made: the same with the settings of the other side. A new
 * reference, or NULL without memory. */
json_t *transition_other_side(const json_t *plan_cell);

/* Opens the folder of the second guest in a cell's; makes it if `make`. Returns a descriptor that
 * the caller closes, or a negative errno: -ENOENT if there was no second. */
int transition_folder(int cell_fd, bool make);

/* An empty file without a name, on the file system of that folder, to save a guest in or to copy
 * its disk into. A descriptor or a negative errno. */
int transition_file(int dir_fd);

/* A disk of so many MiB, all zero, in memory. A descriptor or a negative errno. */
int transition_disk(unsigned int mib);

/* Is the reason that `fd` does not grow that its file system is full? */
bool transition_is_full(int fd);

#endif
