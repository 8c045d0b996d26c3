/*
 * Formats of a bisection's document (harness/bisect/driver.h).
 */
#ifndef IGD_BISECT_RENDER_H
#define IGD_BISECT_RENDER_H

#include <jansson.h>
#include <stdio.h>

struct bisect_renderer {
	const char *name; /* NULL ends the table */
	const char *file; /* in the state directory */
	/* Returns 0, or -EIO. */
	int (*render)(const json_t *result, FILE *stream);
};

/* "text" for a terminal, "mail" ready to be pasted, "json" the document itself. */
extern const struct bisect_renderer bisect_renderers[];

/* The name of the renderer at that place, or NULL behind the last: for an option's `nth`. */
const char *bisect_renderer_name(size_t i);

/* Returns the renderer of that name, or NULL. */
const struct bisect_renderer *bisect_renderer_find(const char *name);

#endif
