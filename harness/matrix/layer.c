#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/suggest.h"
#include "harness/matrix/private.h"
#include "harness/plan/capabilities.h"
#include "harness/plan/settings.h"

#define GUEST_MAX      64
#define CAPABILITY_MAX 32      /* bytes */
#define REQUIRES_MAX   32      /* capabilities in one list */
#define LIMIT_MS_MAX   3600000 /* an hour: longer, and nobody waits for the answer */

/* Behind the others come the keys of the back ends' settings, by their names. */
enum { ABOUT, BACKENDS, TO, GUEST, CMDLINE, LIMITS_MS, REQUIRES, SETTINGS };
#define KEYS (SETTINGS + MATRIX_BACKENDS)

static const struct yaml_key word_keys[SETTINGS] = {
	[ABOUT] = { "about", YAML_A_SCALAR, true },
	[BACKENDS] = { "backends", YAML_ITEMS },
	[TO] = { "to", YAML_A_MAP },
	[GUEST] = { "guest", YAML_A_SCALAR },
	[CMDLINE] = { "cmdline", YAML_A_SCALAR },
	[LIMITS_MS] = { "limits_ms", YAML_A_MAP },
	[REQUIRES] = { "requires", YAML_A_MAP },
};

/*
 * The first of these keys that each may have. `defaults` are not about one thing, nor for some back
 * ends, and hold for both sides; the guest of a transition stays the guest it is.
 */
static const size_t first_key[] = {
	[MATRIX_WORD] = ABOUT,
	[MATRIX_DEFAULTS] = GUEST,
	[MATRIX_TO] = REQUIRES,
};

static int find_backend(
	const struct yaml_source *source, struct yaml_place at, const char *name, size_t *backend_r)
{
	for (size_t i = 0; i < MATRIX_BACKENDS; i++) {
		if (strcmp(setting_backends[i], name) == 0) {
			*backend_r = i;
			return 0;
		}
	}
	return yaml_wrong(source, at, "no back end \"%.60s\" has settings: write %s or %s", name,
		setting_backends[0], setting_backends[1]);
}

int matrix_backends_read(
	const struct yaml_source *source, const struct yaml_node *items, unsigned int *mask_r)
{
	const struct yaml_node *item;
	unsigned int mask = 0;
	size_t backend = 0;
	int r = 0;

	for (item = yaml_first_item(items); item && r == 0; item = yaml_next_item(items, item)) {
		r = find_backend(source, item->place, item->text, &backend);
		mask |= 1u << backend;
	}
	if (r == 0)
		*mask_r = mask;
	return r;
}

/* Where an item of a list is; for SETTING_NO_ITEM the setting itself. */
static struct yaml_place place_of(const struct yaml_node *node, size_t item)
{
	const struct yaml_node *at = node->first;

	if (item == SETTING_NO_ITEM)
		return node->key_place;
	for (; at && item > 0; item--)
		at = at->next;
	return at ? at->place : node->key_place;
}

static int put_setting(const struct yaml_source *source, struct matrix_layer *layer, size_t backend,
	const char *name, const struct yaml_node *node)
{
	const struct setting *setting = setting_find(setting_backends[backend], name);
	struct problem inner = { "" };
	json_t *value = NULL;
	size_t item;
	int r;

	r = setting && setting->kind == SETTING_TREE ? yaml_tree(source, node, &value)
						     : yaml_value(source, node, &value);
	if (r < 0)
		return r;
	if (setting_check(setting_backends[backend], name, value, &item, &inner) < 0)
		r = yaml_wrong(source, place_of(node, item), "%s", inner.text);
	if (r == 0 && !layer->settings[backend])
		layer->settings[backend] = json_object();
	if (r == 0 && json_object_set(layer->settings[backend], name, value) < 0)
		r = yaml_no_memory(source);
	json_decref(value);
	return r;
}

/* The kernel is the same for all back ends, so a word may say `cmdline` once for all. */
static int read_settings(const struct yaml_source *source, const struct yaml_node **found,
	struct matrix_layer *layer)
{
	const struct yaml_node **sections = found + SETTINGS;
	int r = 0;

	for (size_t i = 0; i < MATRIX_BACKENDS && r == 0; i++) {
		if (found[CMDLINE])
			r = put_setting(source, layer, i, "cmdline", found[CMDLINE]);
		if (r < 0 || !sections[i])
			continue;
		if (!(layer->backends & (1u << i)))
			return yaml_wrong(source, sections[i]->key_place,
				"`backends` excludes %s, but its settings are here: remove one "
				"of the two",
				setting_backends[i]);
		for (const struct yaml_node *entry = sections[i]->first; entry && r == 0;
			entry = entry->next)
			r = put_setting(source, layer, i, entry->key, entry);
	}
	return r;
}

static int read_requires(
	const struct yaml_source *source, const struct yaml_node *node, struct matrix_layer *layer)
{
	const struct yaml_node *entry, *item;
	struct problem unknown = { "" };
	size_t backend = 0;
	int r = 0;

	for (entry = node->first; entry && r == 0; entry = entry->next) {
		r = find_backend(source, entry->key_place, entry->key, &backend);
		if (r == 0)
			r = yaml_check_shape(source, entry, entry->key, YAML_ITEMS);
		if (r == 0 && entry->count > REQUIRES_MAX)
			r = yaml_wrong(source, entry->place,
				"the list has more than %d capabilities: remove some",
				REQUIRES_MAX);
		if (r < 0)
			return r;
		layer->needs[backend] = json_array();
		for (item = yaml_first_item(entry); item && r == 0;
			item = yaml_next_item(entry, item)) {
			r = yaml_check_name(source, item->place, "a capability", item->text,
				"abcdefghijklmnopqrstuvwxyz0123456789_-", CAPABILITY_MAX);
			if (r == 0 && capability_check(item->text, &unknown) < 0)
				r = yaml_wrong(source, item->place, "%s", unknown.text);
			if (r == 0 && json_array_append_new(
					      layer->needs[backend], json_string(item->text)) < 0)
				r = yaml_no_memory(source);
		}
	}
	return r;
}

static int find_limit(
	const struct yaml_source *source, const struct yaml_node *entry, size_t *limit_r)
{
	struct suggestion suggestion = suggest_for(entry->key);

	for (size_t i = 0; i < CELL_LIMITS; i++) {
		if (strcmp(cell_limit_name(i), entry->key) == 0) {
			*limit_r = i;
			return 0;
		}
		suggest_candidate(&suggestion, cell_limit_name(i));
	}
	return yaml_wrong(source, entry->key_place, "there is no limit `%.60s`: %s%s", entry->key,
		suggestion.best ? "did you mean "
				: "use create, first-frame, report, save, restore, power-off or "
				  "clean-up",
		suggestion.best ? suggestion.best : "");
}

static int read_limits(
	const struct yaml_source *source, const struct yaml_node *node, struct matrix_layer *layer)
{
	size_t limit = 0;
	int r = 0;

	for (const struct yaml_node *entry = node->first; entry && r == 0; entry = entry->next) {
		r = find_limit(source, entry, &limit);
		if (r == 0)
			r = yaml_check_shape(source, entry, entry->key, YAML_A_SCALAR);
		if (r == 0)
			r = yaml_whole(source, entry, 1, LIMIT_MS_MAX, &layer->limits_ms[limit]);
	}
	return r;
}

/* What this adds to a cell of the plan, in bytes of JSON. */
static size_t count_bytes(const struct matrix_layer *layer)
{
	size_t bytes = layer->guest ? strlen(layer->guest) : 0;

	bytes += layer->to ? layer->to->bytes : 0;

	for (size_t i = 0; i < MATRIX_BACKENDS; i++) {
		bytes += json_dumpb(layer->settings[i], NULL, 0, 0);
		bytes += json_dumpb(layer->needs[i], NULL, 0, 0);
	}
	return bytes;
}

/* The other side of a transition, for the same back ends. */
static int read_to(
	const struct yaml_source *source, const struct yaml_node *node, struct matrix_layer *layer)
{
	layer->to = calloc(1, sizeof(*layer->to));
	if (!layer->to)
		return yaml_no_memory(source);
	layer->to->backends = layer->backends;
	return matrix_layer_read(source, node, "`to`", MATRIX_TO, layer->to);
}

int matrix_layer_read(const struct yaml_source *source, const struct yaml_node *node,
	const char *what, enum matrix_layer_kind kind, struct matrix_layer *layer)
{
	size_t first = first_key[kind];
	const struct yaml_node *found[KEYS] = { NULL };
	struct yaml_key keys[KEYS + 1] = { { NULL } };
	int r;

	memcpy(keys, word_keys, sizeof(word_keys));
	for (size_t i = 0; i < MATRIX_BACKENDS; i++)
		keys[SETTINGS + i] = (struct yaml_key){ setting_backends[i], YAML_A_MAP, false };
	if (kind != MATRIX_TO)
		layer->backends = MATRIX_BACKENDS_ALL;
	r = yaml_keys(source, node, what, keys + first, found + first);
	if (r == 0 && found[BACKENDS])
		r = matrix_backends_read(source, found[BACKENDS], &layer->backends);
	if (r == 0 && found[TO])
		r = read_to(source, found[TO], layer);
	if (r == 0 && found[GUEST]) {
		layer->guest = found[GUEST]->text;
		r = yaml_check_name(source, found[GUEST]->place, "the folder of a guest image",
			layer->guest, "abcdefghijklmnopqrstuvwxyz0123456789_-", GUEST_MAX);
	}
	if (r == 0)
		r = read_settings(source, found, layer);
	if (r == 0 && found[REQUIRES])
		r = read_requires(source, found[REQUIRES], layer);
	if (r == 0 && found[LIMITS_MS])
		r = read_limits(source, found[LIMITS_MS], layer);
	if (r == 0)
		layer->bytes = count_bytes(layer);
	return r;
}

void matrix_layer_finish(struct matrix_layer *layer)
{
	for (size_t i = 0; i < MATRIX_BACKENDS; i++) {
		json_decref(layer->needs[i]);
		json_decref(layer->settings[i]);
	}
	if (layer->to)
		matrix_layer_finish(layer->to);
	free(layer->to);
}
