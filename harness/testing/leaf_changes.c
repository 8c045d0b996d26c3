#include "harness/testing/leaf_changes.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/document.h"

const char *const leaf_change_names[LEAF_CHANGES] = { "gone", "null", "zero", "another", "added" };

/* By what an entry of a list is named; a BAR by its register. */
static const char *const name_keys[] = { "address", "start", "name" };
#define NUMBER_KEY "index"

struct walk {
	json_t *document;
	int (*each)(void *data, const char *path, enum leaf_change change, const json_t *document);
	void *data;
};

/* Where a value is: a key of an object, or a place of a list. */
struct slot {
	json_t *parent;
	const char *key; /* NULL: `parent` is a list */
	size_t place;
	const char *path;
};

static int put(const struct slot *slot, json_t *value)
{
	return slot->key ? json_object_set_new(slot->parent, slot->key, value)
			 : json_array_set_new(slot->parent, slot->place, value);
}

static int take_out(const struct slot *slot)
{
	return slot->key ? json_object_del(slot->parent, slot->key)
			 : json_array_remove(slot->parent, slot->place);
}

static int put_back(const struct slot *slot, json_t *value)
{
	return slot->key ? json_object_set(slot->parent, slot->key, value)
			 : json_array_insert(slot->parent, slot->place, value);
}

static json_t *zero_text(const char *text)
{
	char zeros[64];
	size_t length = strlen(text);

	if (strncmp(text, "0x", 2) != 0 || length >= sizeof(zeros))
		return json_string("");
	memset(zeros, '0', length);
	zeros[1] = 'x';
	zeros[length] = '\0';
	return json_string(zeros);
}

static json_t *zero_of(const json_t *value)
{
	switch (json_typeof(value)) {
	case JSON_STRING:
		return zero_text(json_string_value(value));
	case JSON_INTEGER:
		return json_integer(0);
	case JSON_TRUE:
		return json_false();
	default:
		return json_null();
	}
}

/* "0000:00:02.0" -> "0000:00:12.0"; of any other text the last character is the one after it, so
 * that a number stays a number: "0x3e92" -> "0x3e93". */
static json_t *another_text(const char *text)
{
	size_t length = strlen(text);
	char *copy;
	json_t *value;
	unsigned int part;

	if (length == 0)
		return json_string("another");
	copy = strdup(text);
	if (!copy)
		return NULL;
	if (length == 12 && sscanf(text, "%*4x:%*2x:%*2x.%x", &part) == 1) {
		copy[8] ^= 1;
	} else {
		char *last = &copy[length - 1];

		if (*last == '9' && strncmp(copy, "0x", 2) == 0)
			*last = 'a';
		else
			*last = *last == 'f' || *last == '9' || *last == '~' ? '0'
									     : (char)(*last + 1);
	}
	value = json_string(copy);
	free(copy);
	return value;
}

/* What an empty list of that key could hold. */
static json_t *entry_for(const char *key)
{
	if (strcmp(key, "bars") == 0)
		return json_pack("{s:i, s:s, s:s, s:s, s:b}", "index", 0, "kind", "memory", "start",
			"0x00000000e0000000", "size", "0x0000000000001000", "prefetchable", 0);
	if (strcmp(key, "capabilities") == 0)
		return json_string("0x05");
	if (strcmp(key, "cards") == 0)
		return json_pack("{s:s, s:s, s:s, s:n, s:[]}", "name", "card0", "observer", "kms",
			"driver", "simpledrm", "pci", "connectors");
	if (strcmp(key, "framebuffers") == 0)
		return json_pack("{s:s, s:s, s:s, s:i, s:i, s:i}", "name", "fb0", "observer",
			"fbdev", "driver", "simple", "width", 640, "height", 480, "bits_per_pixel",
			32);
	return json_string("another");
}

static json_t *another_of(const struct slot *slot, const json_t *value)
{
	switch (json_typeof(value)) {
	case JSON_STRING:
		return another_text(json_string_value(value));
	case JSON_INTEGER:
		return json_integer(json_integer_value(value) + 1);
	case JSON_TRUE:
		return json_false();
	case JSON_FALSE:
		return json_true();
	case JSON_ARRAY:
		return json_pack("[o]", entry_for(slot->key ? slot->key : ""));
	default:
		return json_string("another");
	}
}

static int tell(const struct walk *walk, const char *path, enum leaf_change change)
{
	return walk->each(walk->data, path, change, walk->document);
}

/* With `changed` in place of the value; the reference is taken. */
static int with(const struct walk *walk, const struct slot *slot, enum leaf_change change,
	json_t *value, json_t *changed)
{
	int r = 0;

	if (!changed)
		return -ENOMEM;
	if (json_equal(value, changed)) {
		json_decref(changed);
		return 0;
	}
	json_incref(value);
	r = put(slot, changed) < 0 ? -ENOMEM : tell(walk, slot->path, change);
	if (put(slot, value) < 0 && r == 0)
		r = -ENOMEM;
	return r;
}

static int without(const struct walk *walk, const struct slot *slot, json_t *value)
{
	int r;

	json_incref(value);
	r = take_out(slot) < 0 ? -ENOMEM : tell(walk, slot->path, LEAF_GONE);
	if (put_back(slot, value) < 0 && r == 0)
		r = -ENOMEM;
	json_decref(value);
	return r;
}

static int change_leaf(const struct walk *walk, const struct slot *slot, json_t *value)
{
	json_t *zero, *another;
	int r = without(walk, slot, value);

	if (r == 0)
		r = with(walk, slot, LEAF_NULL, value, json_null());
	if (r != 0)
		return r;
	zero = zero_of(value);
	another = another_of(slot, value);
	/* A text of which nothing is left is no null, and that was told already. */
	if (zero && !json_is_null(zero) && !json_equal(zero, another))
		r = with(walk, slot, LEAF_ZERO, value, json_incref(zero));
	if (r == 0)
		r = with(walk, slot, LEAF_ANOTHER, value, json_incref(another));
	json_decref(zero);
	json_decref(another);
	return r;
}

/* The name of an entry, "" if it has none; `number` has room for a number. */
static const char *name_of(const json_t *entry, char number[24])
{
	const json_t *index = json_object_get(entry, NUMBER_KEY);

	if (index) {
		snprintf(number, 24, "%d", (int)json_integer_value(index));
		return number;
	}
	for (size_t i = 0; i < sizeof(name_keys) / sizeof(name_keys[0]); i++) {
		const char *name = document_text(entry, name_keys[i]);

		if (name[0])
			return name;
	}
	return "";
}

/* An entry like `first`, but of a different name. */
static json_t *similar(json_t *first)
{
	json_t *copy;

	if (json_is_string(first))
		return another_text(json_string_value(first));
	copy = json_deep_copy(first);
	if (json_object_get(copy, NUMBER_KEY)) {
		json_object_set_new(copy, NUMBER_KEY, json_integer(5));
		return copy;
	}
	for (size_t i = 0; i < sizeof(name_keys) / sizeof(name_keys[0]); i++) {
		const char *name = document_text(copy, name_keys[i]);

		if (name[0]) {
			json_object_set_new(copy, name_keys[i], another_text(name));
			break;
		}
	}
	return copy;
}

static int add_entry(const struct walk *walk, const char *path, json_t *list)
{
	size_t size = json_array_size(list);
	json_t *more = similar(json_array_get(list, 0));
	int r;

	if (!more || json_array_append_new(list, more) < 0)
		return -ENOMEM;
	r = tell(walk, path, LEAF_ADDED);
	json_array_remove(list, size);
	return r;
}

static int visit(const struct walk *walk, const struct slot *slot, json_t *value);

static int visit_list(const struct walk *walk, const char *path, json_t *list)
{
	int r = add_entry(walk, path, list);

	for (size_t i = 0; r == 0 && i < json_array_size(list); i++) {
		json_t *entry = json_array_get(list, i);
		char longer[LEAF_PATH_MAX], number[24], place[24];
		const char *name = name_of(entry, number);

		snprintf(place, sizeof(place), "%zu", i);
		snprintf(longer, sizeof(longer), "%s/%s", path, name[0] ? name : place);
		r = visit(walk, &(struct slot){ list, NULL, i, longer }, entry);
	}
	return r;
}

static int visit_object(const struct walk *walk, const char *path, json_t *object)
{
	/* Keys come and go meanwhile. */
	json_t *keys = json_array(), *key;
	const char *name;
	json_t *value;
	size_t i;
	int r = keys ? 0 : -ENOMEM;

	json_object_foreach(object, name, value) json_array_append_new(keys, json_string(name));
	json_array_foreach(keys, i, key)
	{
		char longer[LEAF_PATH_MAX];

		if (r != 0)
			break;
		name = json_string_value(key);
		snprintf(longer, sizeof(longer), "%s%s%s", path, path[0] ? "/" : "", name);
		r = visit(walk, &(struct slot){ object, name, 0, longer },
			json_object_get(object, name));
	}
	json_decref(keys);
	return r;
}

static int visit(const struct walk *walk, const struct slot *slot, json_t *value)
{
	int r;

	if (json_object_size(value) + json_array_size(value) == 0)
		return change_leaf(walk, slot, value);
	if (json_is_object(value)) {
		r = slot->key ? 0 : without(walk, slot, value);
		return r == 0 ? visit_object(walk, slot->path, value) : r;
	}
	return visit_list(walk, slot->path, value);
}

int leaf_changes(json_t *document,
	int (*each)(void *data, const char *path, enum leaf_change change, const json_t *document),
	void *data)
{
	struct walk walk = { document, each, data };

	return visit_object(&walk, "", document);
}
