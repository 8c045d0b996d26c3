/*
 * Where two JSON values differ, as paths: "pci.functions[0000:00:02.0].device".
 */
#ifndef IGD_EVIDENCE_JSON_DIFF_H
#define IGD_EVIDENCE_JSON_DIFF_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#define DIFF_CHANGES_MAX 100 /* of one cell, or of the identities, that are listed */

struct json_diff {
	json_t *changes;            /* array: {"what": path, "a": ..., "b": ...} are appended */
	const char *const *ignored; /* paths not looked at, nor what is below; ends with NULL */
	bool leaves;                /* go into an object or a list that one side lacks */
	size_t most;                /* changes that are listed; 0: DIFF_CHANGES_MAX */
	size_t more;                /* changes beyond these, only counted */
};

/* Paths of a report that change by themselves, from one start to the next or while a guest runs. */
extern const char *const diff_passing[];

/*
 * Compares two values at `path` ("" for the whole). Objects are compared key by key, arrays of
 * objects that have an "address", a "name" or a "start" by that, arrays of different texts by which
 * of them are there (true), other arrays by place. A key that
 * one of them lacks has null there: one entry for all that is below, or with `leaves` an entry for
 * each value that is no object and no list, or is an empty one. Depth is that of the values, which
 * are checked documents.
 */
void json_diff(struct json_diff *values, const char *path, const json_t *a, const json_t *b);

/*
 * The value at such a path (borrowed); NULL if there is none. Whether a list has names or places
 * is told from this value alone. For values whose keys have neither "." nor "[".
 */
const json_t *json_diff_at(const json_t *value, const char *path);

#endif
