/*
 * Which generation an Intel display function is of, by its device id.
 */
#ifndef IGD_GENERATION_H
#define IGD_GENERATION_H

#include <stddef.h>
#include <stdint.h>

struct generation {
	const char *name;     /* NULL ends the table */
	const char *graphics; /* Intel's number for the graphics of it */
	/* Its ids: those that have one of these upper bytes, ended by 0. */
	uint8_t upper[5];
};

/* From the oldest on. */
extern const struct generation generations[];

/* Returns the generation of that device id of Intel's, or NULL if the table has none. */
const struct generation *generation_find(uint16_t device);

#endif
