/* The tables that `shapes` makes of docs/schema. */
#ifndef IGD_BASE_SHAPE_PRIVATE_H
#define IGD_BASE_SHAPE_PRIVATE_H

#include <stddef.h>

/* A value. A table of them ends with an entry without key. */
struct shape {
	const char *key;            /* "" for the items of an array, or for keys without an entry */
	unsigned char types;        /* a bit for each json_type that is allowed */
	const struct shape *member; /* of an object: a table, the entry "" last; or NULL */
	const struct shape *item;   /* of an array: a table of one; or NULL */
};

/* By the format of the document. */
extern const struct shape document_shapes[];

#endif
