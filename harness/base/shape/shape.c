#include "harness/base/shape/shape.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "harness/base/shape/private.h"
#include "src/document.h"

#define PLACE_MAX 256

/* By json_type. */
static const char *const type_names[] = { "an object", "an array", "a text", "a whole number",
	"a number", "true", "false", "null" };

#define TYPES (sizeof(type_names) / sizeof(type_names[0]))

static const struct shape *find(const struct shape *table, const char *key)
{
	for (; table && table->key; table++) {
		if (!table->key[0] || strcmp(table->key, key) == 0)
			return table;
	}
	return NULL;
}

/* Where in the document a value is: a chain up to the root, for the sentence only. */
struct place {
	const struct place *parent;
	const char *key; /* NULL: an entry of a list */
	size_t index;
};

/* "cells[3].settings". Returns its length. */
static size_t format_place(const struct place *place, char text[static PLACE_MAX])
{
	size_t length = place->parent ? format_place(place->parent, text) : 0;

	if (place->key)
		snprintf(text + length, PLACE_MAX - length, "%s%.100s", length ? "." : "",
			place->key);
	else
		snprintf(text + length, PLACE_MAX - length, "[%zu]", place->index);
	return length + strlen(text + length);
}

static int wrong(const json_t *value, const struct shape *shape, const struct place *place,
	struct problem *why)
{
	char allowed[160] = "", text[PLACE_MAX];
	size_t used = 0;

	for (size_t i = 0; i < TYPES && used < sizeof(allowed); i++) {
		if (shape->types & (1u << i))
			used += (size_t)snprintf(allowed + used, sizeof(allowed) - used, "%s%s",
				used ? " or " : "", type_names[i]);
	}
	format_place(place, text);
	return problem_set(why, -EINVAL, "%s is %s, and has to be %s", text,
		type_names[json_typeof(value)], allowed);
}

static int check(const json_t *value, const struct shape *shape, const struct place *place,
	struct problem *why);

/* `place` is NULL for the document itself. */
static int check_members(const json_t *object, const struct shape *table, const struct place *place,
	struct problem *why)
{
	const char *key;
	json_t *value;
	int r = 0;

	json_object_foreach((json_t *)object, key, value)
	{
		const struct shape *shape = find(table, key);
		struct place below = { .parent = place };

		if (!shape)
			continue;
		/* A key that the schema does not name may be anything. */
		below.key = shape->key[0] ? shape->key : "*";
		r = check(value, shape, &below, why);
		if (r < 0)
			break;
	}
	return r;
}

static int check_items(const json_t *array, const struct shape *shape, const struct place *place,
	struct problem *why)
{
	struct place below = { .parent = place };
	const json_t *value;
	int r = 0;

	json_array_foreach(array, below.index, value)
	{
		r = check(value, shape, &below, why);
		if (r < 0)
			break;
	}
	return r;
}

/* As deep as the schema, which is not deep. */
static int check(const json_t *value, const struct shape *shape, const struct place *place,
	struct problem *why)
{
	if (!(shape->types & (1u << json_typeof(value))))
		return wrong(value, shape, place, why);
	if (json_is_object(value))
		return check_members(value, shape->member, place, why);
	return json_is_array(value) && shape->item ? check_items(value, shape->item, place, why)
						   : 0;
}

int shape_check(const json_t *document, const char *format, struct problem *why)
{
	const struct shape *shape = find(document_shapes, format);

	return shape ? check_members(document, shape->member, NULL, why) : 0;
}

int shape_check_item(
	const json_t *item, const char *format, const char *key, size_t index, struct problem *why)
{
	const struct shape *shape = find(document_shapes, format);
	const struct place list = { .key = key };
	const struct place place = { .parent = &list, .index = index };

	shape = shape ? find(shape->member, key) : NULL;
	return shape && shape->item ? check(item, shape->item, &place, why) : 0;
}

int shape_parse(const char *text, size_t length, const char *format, json_t **document_r,
	struct problem *why)
{
	json_t *document = NULL;
	int r = document_parse(text, length, format, DOCUMENT_VERSION, &document, why);

	if (r == 0)
		r = shape_check(document, format, why);
	if (r == 0)
		*document_r = json_incref(document);
	json_decref(document);
	return r;
}
