/*
 * Whether each value of a document has a type that its schema in docs/schema allows, however deep
 * it lies. Documents are checked where they are parsed, so that nothing that reads one meets an
 * array where an object is expected. Which texts and numbers are allowed, and what must be there,
 * is checked by who reads it.
 */
#ifndef IGD_BASE_SHAPE_H
#define IGD_BASE_SHAPE_H

#include <jansson.h>

#include "src/problem.h"

/*
 * Checks a document. Keys that the schema does not have are not looked at. Returns 0, also for a
 * format that the program does not read; -EINVAL with a sentence that has the place of the value,
 * such as "cells[3].known[0].versions.qemu is false, and has to be an object".
 */
int shape_check(const json_t *document, const char *format, struct problem *why);

/* The same of an item of the document's array `key`; `index` is for the sentence. */
int shape_check_item(
	const json_t *item, const char *format, const char *key, size_t index, struct problem *why);

/* document_parse() of the first version, and shape_check(). */
int shape_parse(const char *text, size_t length, const char *format, json_t **document_r,
	struct problem *why);

#endif
