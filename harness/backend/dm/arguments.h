/*
 * A list of arguments that can be changed, and where things are in the one that libxl builds for
 * QEMU (libxl__build_device_model_args_new(), libxl_dm.c, the same from Xen 4.17 to 4.23 in what
 * matters here).
 */
#ifndef IGD_BACKEND_DM_ARGUMENTS_H
#define IGD_BACKEND_DM_ARGUMENTS_H

#include <stdbool.h>
#include <stddef.h>

#include "src/problem.h"

struct text;

struct arguments {
	const char **items; /* borrowed, or made by arguments_text(); ends with a NULL */
	size_t count;
	struct text *made;
};

/* Takes a list that ends with a NULL; its texts are borrowed. Returns 0 and the list, to be given
 * to arguments_finish(); or -ENOMEM. */
int arguments_take(const char *const argv[], struct arguments *arguments_r);

/* Frees what it holds; a zeroed one is fine. */
void arguments_finish(struct arguments *arguments);

/* Makes a text that lives as long as the list. NULL without memory. */
const char *arguments_text(struct arguments *arguments, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Puts the option and its value, both borrowed, before the argument at `index`, which may be the
 * end. Returns 0 or -ENOMEM, and then nothing has changed. */
int arguments_insert(
	struct arguments *arguments, size_t index, const char *option, const char *value);

/* Indexes into a list; the first argument, 0, is the program. */
struct layout {
	size_t machine; /* the value of libxl's own -machine: what follows may be a cell's */
	/* Right behind libxl's block of -display, -sdl, -k, -kernel, -initrd and -append, of which
	 * -display is always there: before any -device. 0 if there is no such block. */
	size_t devices;
	size_t rest; /* where libxl's own arguments go on behind a cell's: the last -m */
};

/*
 * Finds them. Returns 0, or -EINVAL with the sentence if the list is not of libxl's form.
 */
int layout_find(const struct arguments *arguments, struct layout *layout_r, struct problem *why);

/* Whether "NAME" or "NAME,key=value,..." names that machine or device. */
bool value_is_of(const char *value, const char *name);

/* Whether one of the comma separated parts behind the name is `part`. */
bool value_has(const char *value, const char *part);

#endif
