#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/suggest.h"
#include "harness/yaml/yaml.h"

void yaml_say_wrong(const struct yaml_source *source, struct yaml_place place, const char *fmt, ...)
{
	char sentence[PROBLEM_TEXT_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(sentence, sizeof(sentence), fmt, ap);
	va_end(ap);
	for (char *c = sentence; *c; c++) {
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
	}
	problem_set(source->why, -EINVAL, "%s:%d:%d: %s", source->file, place.line, place.column,
		sentence);
}

void yaml_say_no_memory(const struct yaml_source *source)
{
	problem_set(source->why, -ENOMEM, "%s: out of memory", source->file);
}

static const char *const shape_names[] = {
	[YAML_A_SCALAR] = "one value",
	[YAML_A_LIST] = "a list: \"- \" before each item",
	[YAML_A_MAP] = "a mapping: \"key: value\" lines",
	[YAML_ITEMS] = "one value, or a list of them in [ ]",
};

static bool has_shape(const struct yaml_node *node, enum yaml_shape shape)
{
	switch (shape) {
	case YAML_A_SCALAR:
		return node->kind == YAML_SCALAR;
	case YAML_A_LIST:
		return node->kind == YAML_LIST;
	case YAML_A_MAP:
		return node->kind == YAML_MAP;
	case YAML_ITEMS:
		break;
	}
	if (node->kind == YAML_LIST) {
		for (const struct yaml_node *item = node->first; item; item = item->next) {
			if (item->kind != YAML_SCALAR)
				return false;
		}
	}
	return node->kind == YAML_SCALAR || (node->kind == YAML_LIST && node->count > 0);
}

int yaml_check_shape(const struct yaml_source *source, const struct yaml_node *node,
	const char *name, enum yaml_shape shape)
{
	if (has_shape(node, shape))
		return 0;
	return yaml_wrong(source, node->place, "%.60s has the wrong shape: write %s", name,
		shape_names[shape]);
}

static int unknown_key(const struct yaml_source *source, const struct yaml_node *entry,
	const char *what, const struct yaml_key *keys)
{
	struct suggestion suggestion = suggest_for(entry->key);
	char known[256] = "";
	size_t used = 0;

	for (const struct yaml_key *key = keys; key->name; key++) {
		suggest_candidate(&suggestion, key->name);
		if (used < sizeof(known))
			used += (size_t)snprintf(known + used, sizeof(known) - used, "%s%s",
				used > 0 ? ", " : "", key->name);
	}
	if (suggestion.best)
		return yaml_wrong(source, entry->key_place,
			"%s has no key `%.60s`: did you mean `%s`?", what, entry->key,
			suggestion.best);
	return yaml_wrong(source, entry->key_place, "%s has no key `%.60s`: it may have %s", what,
		entry->key, known);
}

int yaml_keys(const struct yaml_source *source, const struct yaml_node *map, const char *what,
	const struct yaml_key *keys, const struct yaml_node **found)
{
	const struct yaml_node *entry;
	int r;

	r = yaml_check_shape(source, map, what, YAML_A_MAP);
	if (r < 0)
		return r;
	for (size_t i = 0; keys[i].name; i++)
		found[i] = NULL;
	for (entry = map->first; entry; entry = entry->next) {
		size_t i = 0;

		while (keys[i].name && strcmp(keys[i].name, entry->key) != 0)
			i++;
		if (!keys[i].name)
			return unknown_key(source, entry, what, keys);
		r = yaml_check_shape(source, entry, entry->key, keys[i].shape);
		if (r < 0)
			return r;
		found[i] = entry;
	}
	for (size_t i = 0; keys[i].name; i++) {
		if (keys[i].required && !found[i])
			return yaml_wrong(
				source, map->place, "%s needs `%s`: add it", what, keys[i].name);
	}
	return 0;
}

const struct yaml_node *yaml_first_item(const struct yaml_node *items)
{
	return items->kind == YAML_LIST ? items->first : items;
}

const struct yaml_node *yaml_next_item(const struct yaml_node *items, const struct yaml_node *item)
{
	return items->kind == YAML_LIST ? item->next : NULL;
}

int yaml_check_name(const struct yaml_source *source, struct yaml_place place, const char *what,
	const char *name, const char *allowed, size_t max)
{
	size_t length = strlen(name);

	if (length > 0 && length <= max && strspn(name, allowed) == length)
		return 0;
	return yaml_wrong(source, place, "\"%.60s\" cannot be %s: use 1 to %zu characters of %s",
		name, what, max, allowed);
}

static bool is_any_of(const char *text, const char *const *list)
{
	for (; *list; list++) {
		if (strcmp(text, *list) == 0)
			return true;
	}
	return false;
}

static const char *const nulls[] = { "", "null", "Null", "NULL", "~", NULL };
static const char *const trues[] = { "true", "True", "TRUE", NULL };
static const char *const falses[] = { "false", "False", "FALSE", NULL };
static const char *const no_numbers[] = { ".nan", ".NaN", ".NAN", ".inf", ".Inf", ".INF", NULL };

#define DIGITS "0123456789"

/* [-+]? [0-9]+ */
static bool is_whole(const char *text)
{
	text += *text == '-' || *text == '+';
	return *text && !text[strspn(text, DIGITS)];
}

/* 0x, 0o, the infinities, or [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )? */
static bool is_odd_number(const char *text)
{
	size_t before, after = 0;

	if (strncmp(text, "0x", 2) == 0)
		return text[2] && !text[2 + strspn(text + 2, DIGITS "abcdefABCDEF")];
	if (strncmp(text, "0o", 2) == 0)
		return text[2] && !text[2 + strspn(text + 2, "01234567")];
	text += *text == '-' || *text == '+';
	if (is_any_of(text, no_numbers))
		return true;
	before = strspn(text, DIGITS);
	text += before;
	if (*text == '.') {
		after = strspn(++text, DIGITS);
		text += after;
	}
	if (before + after == 0)
		return false;
	return !*text || ((*text == 'e' || *text == 'E') && is_whole(text + 1));
}

static int whole_value(
	const struct yaml_source *source, const struct yaml_node *node, json_t **value_r)
{
	long long number;

	errno = 0;
	number = strtoll(node->text, NULL, 10);
	if (errno != 0)
		return yaml_wrong(source, node->place,
			"the number %.60s is too large: if it is a text, put it in quotes",
			node->text);
	*value_r = json_integer(number);
	return 0;
}

static int scalar_value(
	const struct yaml_source *source, const struct yaml_node *node, json_t **value_r)
{
	int r = 0;

	if (!node->plain)
		*value_r = json_string(node->text);
	else if (is_any_of(node->text, nulls))
		*value_r = json_null();
	else if (is_any_of(node->text, trues))
		*value_r = json_true();
	else if (is_any_of(node->text, falses))
		*value_r = json_false();
	else if (is_whole(node->text))
		r = whole_value(source, node, value_r);
	else if (is_odd_number(node->text))
		return yaml_wrong(source, node->place,
			"YAML reads %.60s as a kind of number that is not supported: put it in "
			"quotes",
			node->text);
	else
		*value_r = json_string(node->text);
	return r < 0 || *value_r ? r : yaml_no_memory(source);
}

int yaml_value(const struct yaml_source *source, const struct yaml_node *node, json_t **value_r)
{
	json_t *list = NULL, *value = NULL;
	int r;

	if (node->kind == YAML_SCALAR) {
		r = scalar_value(source, node, &value);
		*value_r = value;
		return r;
	}
	if (node->kind != YAML_LIST)
		return yaml_wrong(source, node->place,
			"a mapping is not a value: write one value, or a list");
	list = json_array();
	r = list ? 0 : yaml_no_memory(source);
	for (const struct yaml_node *item = node->first; item && r == 0; item = item->next) {
		value = NULL;
		r = yaml_check_shape(source, item, "an item of the list", YAML_A_SCALAR);
		if (r == 0)
			r = scalar_value(source, item, &value);
		if (r == 0 && json_array_append_new(list, value) < 0)
			r = yaml_no_memory(source);
	}
	if (r == 0)
		*value_r = json_incref(list);
	json_decref(list);
	return r;
}

int yaml_tree(const struct yaml_source *source, const struct yaml_node *node, json_t **value_r)
{
	json_t *all, *value;
	int r = 0;

	if (node->kind == YAML_SCALAR)
		return yaml_value(source, node, value_r);
	all = node->kind == YAML_MAP ? json_object() : json_array();
	if (!all)
		return yaml_no_memory(source);
	/* At most YAML_DEPTH_MAX calls deep. */
	for (const struct yaml_node *item = node->first; item && r == 0; item = item->next) {
		value = NULL;
		r = yaml_tree(source, item, &value);
		if (r == 0 && (node->kind == YAML_MAP ? json_object_set_new(all, item->key, value)
						      : json_array_append_new(all, value)) < 0)
			r = yaml_no_memory(source);
	}
	if (r == 0)
		*value_r = json_incref(all);
	json_decref(all);
	return r;
}

int yaml_whole(const struct yaml_source *source, const struct yaml_node *node, json_int_t min,
	json_int_t max, json_int_t *value_r)
{
	json_t *value = NULL;
	int r;

	r = yaml_value(source, node, &value);
	if (r < 0)
		return r;
	if (json_is_integer(value) && json_integer_value(value) >= min &&
		json_integer_value(value) <= max)
		*value_r = json_integer_value(value);
	else
		r = yaml_wrong(source, node->place,
			"this must be a whole number from %" JSON_INTEGER_FORMAT
			" to %" JSON_INTEGER_FORMAT ", without quotes",
			min, max);
	json_decref(value);
	return r;
}

int yaml_word(const struct yaml_source *source, const struct yaml_node *node,
	const struct yaml_word *words, const char **said_r)
{
	char known[128] = "";
	size_t used = 0;

	for (const struct yaml_word *word = words; word->in_file; word++) {
		if (strcmp(node->text, word->in_file) == 0) {
			*said_r = word->said;
			return 0;
		}
		if (used < sizeof(known))
			used += (size_t)snprintf(known + used, sizeof(known) - used, "%s%s",
				used > 0 ? ", " : "", word->in_file);
	}
	return yaml_wrong(source, node->place, "`%s` cannot be \"%.60s\": use one of %s", node->key,
		node->text, known);
}

int yaml_check_words(const struct yaml_source *source, const struct yaml_node *node, size_t max)
{
	size_t length = strlen(node->text);

	if (!node->text[strspn(node->text, " \t\r\n")])
		return yaml_wrong(source, node->place,
			"`%s` is empty: write a text for the reader of the result", node->key);
	for (const char *c = node->text; *c; c++) {
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			return yaml_wrong(source, node->place,
				"`%s` has a line break: fold it with >- instead of |", node->key);
	}
	if (length > max)
		return yaml_wrong(source, node->place, "`%s` has %zu bytes: use at most %zu",
			node->key, length, max);
	return 0;
}

int yaml_check_head(const struct yaml_source *source, const struct yaml_node *format,
	const struct yaml_node *version, const struct yaml_head *head)
{
	json_int_t number = 0;
	int r;

	if (strcmp(format->text, head->format) != 0)
		return yaml_wrong(source, format->place,
			"\"%.60s\" is not the format of %s: write \"%s\"", format->text, head->what,
			head->format);
	r = yaml_whole(source, version, 1, INT32_MAX, &number);
	if (r == 0 && number > head->version)
		r = yaml_wrong(source, version->place,
			"the file is of version %" JSON_INTEGER_FORMAT
			", this program knows versions up to %d of %s: use a newer igd-harness",
			number, head->version, head->what);
	return r;
}
