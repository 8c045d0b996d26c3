/*
 * A picture of a guest's screen in its cell's folder, as QEMU makes it.
 */
#ifndef IGD_BACKEND_SCREENSHOT_H
#define IGD_BACKEND_SCREENSHOT_H

#include <stdbool.h>

/* How QEMU is asked, the better first; the last has a NULL file. */
struct screenshot_format {
	const char *file;   /* its name in the cell's folder */
	const char *format; /* to ask for, or NULL for what every QEMU makes */
};
extern const struct screenshot_format screen_forms[];

/* Is that file there, whole and of a size that can be? What is not is removed. */
bool screenshot_taken(int evidence_fd, const char *file);

#endif
