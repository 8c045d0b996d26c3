/*
 * Every change of one leaf of a report, one after the other: what a guest would report that is
 * different in this and in nothing else.
 *
 * A leaf is a value that holds no values: a scalar, null, an empty list or an empty object. Its
 * path has the keys from the top, joined by "/"; an entry of a list is named by its "index",
 * "address", "start" or "name", else by its place: "pci/functions/0000:00:02.0/bars/0/start".
 */
#ifndef IGD_TESTING_LEAF_CHANGES_H
#define IGD_TESTING_LEAF_CHANGES_H

#include <jansson.h>

#define LEAF_PATH_MAX 512

enum leaf_change {
	LEAF_GONE,    /* not there: nobody looked. Also of a whole entry of a list */
	LEAF_NULL,    /* looked for and absent */
	LEAF_ZERO,    /* 0, false, a text of 0, an empty text */
	LEAF_ANOTHER, /* a different value of the same kind */
	LEAF_ADDED,   /* of a list: one entry more, like its first */
	LEAF_CHANGES
};

extern const char *const leaf_change_names[LEAF_CHANGES];

/*
 * Calls `each` for every change of every leaf, with the whole document in which it was made; after
 * the call it is undone. A change that would leave the value as it was is left out. `document` is
 * borrowed, and as it was when this returns. Returns 0, what `each` returned when it was not 0, or
 * -ENOMEM.
 */
int leaf_changes(json_t *document,
	int (*each)(void *data, const char *path, enum leaf_change change, const json_t *document),
	void *data);

#endif
