/* The end of what a console said, for the sentence that says why a guest died. */
#ifndef IGD_RUN_TAIL_H
#define IGD_RUN_TAIL_H

#include <stdbool.h>
#include <stddef.h>

#define TAIL_MAX 4096

/* Zeroed it is empty. */
struct tail {
	char text[TAIL_MAX + 1]; /* a text without a 0 inside */
	size_t used;
};

/* Appends bytes and drops what is before the last TAIL_MAX. */
void tail_keep(struct tail *tail, const char *bytes, size_t length);

/* What a kernel said when it panicked, or else the last line with something in it: cut, printable.
 */
void tail_last_line(const struct tail *tail, char *line, size_t size);

#endif
