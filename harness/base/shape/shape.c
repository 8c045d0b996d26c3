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

static int wrong(
	const json_t *value, const struct shape *shape, const char *place, struct problem *why)
{
	char allowed[160] = "";
	size_t used = 0;

	for (size_t i = 0; i < TYPES && used < sizeof(allowed); i++) {
		if (shape->types & (1u << i))
			used += (size_t)snprintf(allowed + used, sizeof(allowed) - used, "%s%s",
				used ? " or " : "", type_names[i]);
	}
	return problem_set(why, -EINVAL, "%s is %s, and has to be %s", place,
		type_names[json_typeof(value)], allowed);
}

static int check(const json_t *value, const struct shape *shape, char place[static PLACE_MAX],
	struct problem *why);

/* `place` is as before when it returns. */
static int check_members(const json_t *object, const struct shape *table,
	char place[static PLACE_MAX], struct problem *why)
{
	size_t length = strlen(place);
	const char *key;
	json_t *value;
	int r = 0;

	json_object_foreach((json_t *)object, key, value)
	{
		const struct shape *shape = find(table, key);

		if (!shape)
			continue;
		/* A key that the schema does not name may be anything. */
		snprintf(place + length, PLACE_MAX - length, "%s%s", length ? "." : "",
			shape->key[0] ? shape->key : "*");
		r = check(value, shape, place, why);
		if (r < 0)
			break;
	}
	place[length] = '\0';
	return r;
}

static int check_items(const json_t *array, const struct shape *shape, char place[static PLACE_MAX],
	struct problem *why)
{
	size_t length = strlen(place), i;
	const json_t *value;
	int r = 0;

	json_array_foreach(array, i, value)
	{
		snprintf(place + length, PLACE_MAX - length, "[%zu]", i);
		r = check(value, shape, place, why);
		if (r < 0)
			break;
	}
	place[length] = '\0';
	return r;
}

/* As deep as the schema, which is not deep. */
static int check(const json_t *value, const struct shape *shape, char place[static PLACE_MAX],
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
	char place[PLACE_MAX] = "";

	return shape ? check_members(document, shape->member, place, why) : 0;
}

int shape_check_item(
	const json_t *item, const char *format, const char *key, size_t index, struct problem *why)
{
	const struct shape *shape = find(document_shapes, format);
	char place[PLACE_MAX];

	shape = shape ? find(shape->member, key) : NULL;
	snprintf(place, sizeof(place), "%.100s[%zu]", key, index);
	return shape && shape->item ? check(item, shape->item, place, why) : 0;
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
