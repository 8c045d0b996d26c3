#include "harness/evidence/json_diff.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/document.h"

const char *const diff_passing[] = { "agent", "igd.engine.took_ms", "igd.frames.took_ms",
	"igd.frames.vblanks", "igd.interrupts.after", "igd.interrupts.before",
	"igd.modules.took_ms", "kernel.log", "kernel.log_dropped", "work", NULL };

/* By what entries of a list are told apart, wherever they stand. */
static const char *const names[] = { "address", "name", "start", NULL };

/* What stands around a key behind its path. */
static const char *const at_top[2] = { "", "" }, *const in_object[2] = { ".", "" },
			 *const in_array[2] = { "[", "]" };

static bool is_ignored(const struct json_diff *values, const char *path)
{
	for (size_t i = 0; values->ignored[i]; i++) {
		if (strcmp(values->ignored[i], path) == 0)
			return true;
	}
	return false;
}

static json_t *or_null(const json_t *value)
{
	return value ? json_incref((json_t *)value) : json_null();
}

static void note(struct json_diff *values, const char *path, const json_t *a, const json_t *b)
{
	if (json_array_size(values->changes) >= (values->most ? values->most : DIFF_CHANGES_MAX)) {
		values->more++;
		return;
	}
	json_array_append_new(values->changes,
		json_pack("{s:s, s:o, s:o}", "what", path, "a", or_null(a), "b", or_null(b)));
}

static const char *name_of(const json_t *entry)
{
	if (json_is_string(entry))
		return json_string_value(entry);
	for (size_t i = 0; names[i]; i++) {
		const char *name = document_text(entry, names[i]);

		if (name[0])
			return name;
	}
	return "";
}

/*
 * An array of objects that all have a name, each its own: as an object by name. One of texts, each
 * another, is a set of words: which of them are there. Else NULL.
 */
static json_t *by_name(const json_t *array)
{
	json_t *object = json_object(), *entry;
	size_t i;

	json_array_foreach(array, i, entry)
	{
		const char *name = name_of(entry);

		if (!name[0] || json_object_get(object, name) ||
			json_object_set_new(object, name,
				json_is_string(entry) ? json_true() : json_incref(entry)) < 0) {
			json_decref(object);
			return NULL;
		}
	}
	return object;
}

static void below(struct json_diff *values, const char *path, const char *const around[2],
	const char *key, const json_t *a, const json_t *b)
{
	char *longer = NULL;

	if (asprintf(&longer, "%s%s%s%s", path, around[0], key, around[1]) < 0)
		return;
	json_diff(values, longer, a, b);
	free(longer);
}

static void objects(struct json_diff *values, const char *path, const char *const around[2],
	const json_t *a, const json_t *b)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)a, key, value)
		below(values, path, around, key, value, json_object_get(b, key));
	json_object_foreach((json_t *)b, key, value)
	{
		if (!json_object_get(a, key))
			below(values, path, around, key, NULL, value);
	}
}

static void arrays(struct json_diff *values, const char *path, const json_t *a, const json_t *b)
{
	json_t *named_a = by_name(a), *named_b = by_name(b);
	size_t size =
		json_array_size(a) > json_array_size(b) ? json_array_size(a) : json_array_size(b);

	if (named_a && named_b) {
		objects(values, path, in_array, named_a, named_b);
	} else {
		for (size_t i = 0; i < size; i++) {
			char place[24];

			snprintf(place, sizeof(place), "%zu", i);
			below(values, path, in_array, place, json_array_get(a, i),
				json_array_get(b, i));
		}
	}
	json_decref(named_a);
	json_decref(named_b);
}

static bool is_nothing(const json_t *value)
{
	return !value || json_is_null(value);
}

/* Does a side that is nothing count as an object or list without entries? */
static bool may_lack(const struct json_diff *values, const json_t *side, const json_t *other)
{
	return values->leaves && is_nothing(side) &&
	       json_object_size(other) + json_array_size(other) > 0;
}

/* Are both of that type, or one of them and the other lacks it? */
static bool are(const struct json_diff *values, json_type type, const json_t *a, const json_t *b)
{
	bool in_a = a && json_typeof(a) == type, in_b = b && json_typeof(b) == type;

	return (in_a || may_lack(values, a, b)) && (in_b || may_lack(values, b, a)) &&
	       (in_a || in_b);
}

void json_diff(struct json_diff *values, const char *path, const json_t *a, const json_t *b)
{
	if (is_ignored(values, path) || json_equal(a, b) || (!a && json_is_null(b)) ||
		(!b && json_is_null(a)) || (!a && !b))
		return;
	if (are(values, JSON_OBJECT, a, b))
		objects(values, path, path[0] ? in_object : at_top, a, b);
	else if (are(values, JSON_ARRAY, a, b))
		arrays(values, path, a, b);
	else
		note(values, path, a, b);
}

/* The entry of a list with that name, or in that place. */
static const json_t *entry_at(const json_t *array, const char *key)
{
	const json_t *entry;
	size_t i;

	json_array_foreach(array, i, entry)
	{
		if (key[0] && strcmp(name_of(entry), key) == 0)
			return json_is_string(entry) ? json_true() : entry;
	}
	return isdigit((unsigned char)key[0]) ? json_array_get(array, strtoul(key, NULL, 10))
					      : NULL;
}

const json_t *json_diff_at(const json_t *value, const char *path)
{
	char key[256];

	while (value && *path) {
		bool bracket = *path == '[';
		size_t length;

		path += bracket || *path == '.';
		length = strcspn(path, bracket ? "]" : ".[");
		snprintf(key, sizeof(key), "%.*s", (int)length, path);
		value = json_is_array(value) ? entry_at(value, key) : json_object_get(value, key);
		path += length + bracket;
	}
	return value;
}
