#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/matrix/private.h"
#include "src/document.h"

/* What stands around the values in a cell of the plan, with room to spare. */
#define CELL_BYTES 512

int matrix_check_plan_bytes(const struct matrix *matrix, struct yaml_place at)
{
	if (matrix->plan_bytes <= MATRIX_PLAN_MAX)
		return 0;
	return yaml_wrong(&matrix->source, at,
		"the plan would be larger than %u MiB with this cell: split the "
		"matrix in two",
		MATRIX_PLAN_MAX >> 20);
}

/* The layers of a cell, in the order in which they are applied. */
struct layers {
	const struct matrix_layer *of[MATRIX_AXES_MAX + 1];
	size_t count;
};

static struct layers layers_of(const struct matrix *matrix, const struct matrix_cell *cell)
{
	struct layers layers = { .of = { &matrix->defaults }, .count = 1 };

	for (size_t i = 0; i < matrix->axis_count; i++)
		layers.of[layers.count++] = &matrix->axes[i].words[cell->words[i]].layer;
	return layers;
}

/* Lays a mapping over the one before: the keys of both, the later value of those that both have. */
static int overlay(json_t *settings, const char *name, const json_t *before, const json_t *value)
{
	json_t *both = json_deep_copy(before), *copy = json_deep_copy(value);
	int r = both && copy ? json_object_update_recursive(both, copy) : -1;

	if (r == 0)
		r = json_object_set(settings, name, both);
	json_decref(both);
	json_decref(copy);
	return r < 0 ? -ENOMEM : 0;
}

/*
 * Scalars replace what was said before, lists go behind it, mappings are laid over it. Values stay
 * shared among cells.
 */
static int merge(json_t *settings, const json_t *more)
{
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)more, name, value)
	{
		json_t *before = json_object_get(settings, name);

		if (json_is_array(value) && before) {
			json_t *both = json_copy(before);

			if (!both || json_array_extend(both, value) < 0 ||
				json_object_set(settings, name, both) < 0) {
				json_decref(both);
				return -ENOMEM;
			}
			json_decref(both);
		} else if (json_is_object(value) && before) {
			if (overlay(settings, name, before, value) < 0)
				return -ENOMEM;
		} else if (json_object_set(settings, name, value) < 0) {
			return -ENOMEM;
		}
	}
	return 0;
}

/* Appends what is not there yet. */
static int unite(json_t *array, const json_t *more)
{
	json_t *item;
	size_t i;

	json_array_foreach(more, i, item)
	{
		if (!document_has(array, item) && json_array_append(array, item) < 0)
			return -ENOMEM;
	}
	return 0;
}

/* What holds for the other side: a word's `to` stands in place of what the word itself says. */
static struct layers other_side(const struct layers *layers)
{
	struct layers other = *layers;

	for (size_t i = 0; i < other.count; i++) {
		if (other.of[i]->to)
			other.of[i] = other.of[i]->to;
	}
	return other;
}

static bool has_to(const struct layers *layers)
{
	for (size_t i = 0; i < layers->count; i++) {
		if (layers->of[i]->to)
			return true;
	}
	return false;
}

/* Does a back end start its guest again? */
static bool starts_again(const json_t *all_settings)
{
	const json_t *settings;
	const char *backend;

	json_object_foreach((json_t *)all_settings, backend, settings)
	{
		if (json_is_true(json_object_get(settings, "again")))
			return true;
	}
	return false;
}

/*
 * What is a transition for one back end is one for all: a guest that is not started again would be
 * saved, which only `to` asks for.
 */
static int check_again(const struct matrix *matrix, const struct layers *layers,
	const struct matrix_cell *cell, const char *name)
{
	const json_t *all = json_object_get(cell->json, "settings"), *settings;
	const char *backend;

	if (has_to(layers) || !starts_again(all))
		return 0;
	json_object_foreach((json_t *)all, backend, settings)
	{
		if (!json_is_true(json_object_get(settings, "again")))
			return yaml_wrong(&matrix->source, cell->place,
				"cell %s starts its guest again on one back end and not on %s: set "
				"`again` for both, or `backends`",
				name, backend);
	}
	return 0;
}

/* A key for each back end that can do the cell. */
static int put_settings(
	const struct layers *layers, const struct matrix_cell *cell, json_t *all_settings)
{
	int r = 0;

	for (size_t b = 0; b < MATRIX_BACKENDS && r == 0; b++) {
		json_t *settings;

		if (!(cell->backends & (1u << b)))
			continue;
		settings = json_object();
		if (json_object_set_new(all_settings, setting_backends[b], settings) < 0)
			r = -ENOMEM;
		for (size_t i = 0; i < layers->count && r == 0; i++)
			r = merge(settings, layers->of[i]->settings[b]);
	}
	return r;
}

/* Likewise; a host that does a transition must be able to do both sides of it. */
static int put_requires(
	const struct layers *layers, const struct matrix_cell *cell, json_t *all_requires)
{
	int r = 0;

	for (size_t b = 0; b < MATRIX_BACKENDS && r == 0; b++) {
		json_t *needs;

		if (!(cell->backends & (1u << b)))
			continue;
		needs = json_array();
		if (json_object_set_new(all_requires, setting_backends[b], needs) < 0)
			r = -ENOMEM;
		for (size_t i = 0; i < layers->count && r == 0; i++) {
			const struct matrix_layer *layer = layers->of[i];

			r = unite(needs, layer->needs[b]);
			if (r == 0 && layer->to)
				r = unite(needs, layer->to->needs[b]);
		}
	}
	return r;
}

static int put_limits(const struct layers *layers, bool transition, json_t *limits)
{
	for (size_t i = 0; i < CELL_LIMITS; i++) {
		json_int_t limit = cell_limits[i].default_ms;

		if (cell_limits[i].transition && !transition)
			continue;
		for (size_t j = 0; j < layers->count; j++) {
			if (layers->of[j]->limits_ms[i] > 0)
				limit = layers->of[j]->limits_ms[i];
		}
		if (json_object_set_new(limits, cell_limit_name(i), json_integer(limit)) < 0)
			return -ENOMEM;
	}
	return 0;
}

/* "settings" and "requires", the limits, and of a transition "to". */
static int put_backends(const struct layers *layers, struct matrix_cell *cell)
{
	json_t *settings = json_object(), *needs = json_object(), *other = json_object();
	const struct layers to = other_side(layers);
	int r = settings && needs && other ? 0 : -ENOMEM;
	bool transition = false;

	if (r == 0)
		r = put_requires(layers, cell, needs);
	if (r == 0)
		r = put_settings(layers, cell, settings);
	if (r == 0 && (json_object_set(cell->json, "requires", needs) < 0 ||
			      json_object_set(cell->json, "settings", settings) < 0))
		r = -ENOMEM;
	if (r == 0) {
		transition = has_to(layers) || starts_again(settings);
		r = put_limits(layers, transition, json_object_get(cell->json, "limits_ms"));
	}
	if (r == 0 && transition)
		r = put_settings(&to, cell, other);
	if (r == 0 && transition &&
		json_object_set_new(cell->json, "to", json_pack("{s:O}", "settings", other)) < 0)
		r = -ENOMEM;
	json_decref(settings);
	json_decref(needs);
	json_decref(other);
	return r;
}

static json_t *words_json(const struct matrix *matrix, const struct matrix_cell *cell)
{
	json_t *json = json_object();

	for (size_t i = 0; i < matrix->axis_count && json; i++) {
		const struct matrix_axis *axis = &matrix->axes[i];
		json_t *word = json_string(axis->words[cell->words[i]].name);

		if (json_object_set_new(json, axis->name, word) < 0) {
			json_decref(json);
			json = NULL;
		}
	}
	return json;
}

static int name_cell(
	const struct matrix *matrix, const struct matrix_cell *cell, char name[PLAN_NAME_MAX + 1])
{
	size_t used = 0;

	for (size_t i = 0; i < matrix->axis_count; i++) {
		used += (size_t)snprintf(name + used, PLAN_NAME_MAX + 1 - used, "%s%s",
			i > 0 ? "-" : "", matrix->axes[i].words[cell->words[i]].name);
		if (used > PLAN_NAME_MAX)
			return yaml_wrong(&matrix->source, cell->place,
				"the name of this cell, which is also the name of a folder, is "
				"longer than %d bytes: shorten its words",
				PLAN_NAME_MAX);
	}
	return 0;
}

/* Notes the name, which nobody may have taken. */
static int claim_name(const struct matrix *matrix, const struct matrix_cell *cell, json_t *names,
	const char *name)
{
	const json_t *line = json_object_get(names, name);

	if (line)
		return yaml_wrong(&matrix->source, cell->place,
			"cell %s is listed twice, here and at line %d: remove one of them", name,
			(int)json_integer_value(line));
	if (json_object_set_new(names, name, json_integer(cell->place.line)) < 0)
		return yaml_no_memory(&matrix->source);
	return 0;
}

static int check_layers(const struct matrix *matrix, const struct layers *layers,
	struct matrix_cell *cell, const char *name, const char **guest_r)
{
	cell->backends = MATRIX_BACKENDS_ALL;
	for (size_t i = 0; i < layers->count; i++) {
		cell->backends &= layers->of[i]->backends;
		if (layers->of[i]->guest)
			*guest_r = layers->of[i]->guest;
	}
	if (cell->backends == 0)
		return yaml_wrong(&matrix->source, cell->place,
			"no back end can run cell %s: its words exclude each other by `backends`",
			name);
	if (!*guest_r)
		return yaml_wrong(&matrix->source, cell->place,
			"cell %s has no guest: set `guest` in one of its words or in `defaults`",
			name);
	return 0;
}

/* Lists that layers put together, and settings that exclude each other. */
static int check_settings(
	const struct matrix *matrix, const struct matrix_cell *cell, const char *name)
{
	const json_t *all = json_object_get(cell->json, "settings"), *settings, *restored;
	const json_t *to = json_object_get(json_object_get(cell->json, "to"), "settings");
	struct problem why = { "" };
	int r = 0;

	for (size_t b = 0; b < MATRIX_BACKENDS && r == 0; b++) {
		settings = json_object_get(all, setting_backends[b]);
		restored = json_object_get(to, setting_backends[b]);
		r = settings_check(setting_backends[b], settings, &why);
		if (r == 0)
			r = settings_check(setting_backends[b], restored, &why);
		if (r == 0 && !json_is_true(json_object_get(settings, "again")))
			r = settings_check_restored(settings, restored, &why);
	}
	if (r < 0)
		return yaml_wrong(
			&matrix->source, cell->place, "cell %s cannot run: %s", name, why.text);
	return 0;
}

/* Makes the cell's json. */
static int build(struct matrix *matrix, struct matrix_cell *cell, json_t *names)
{
	struct layers layers = layers_of(matrix, cell);
	char name[PLAN_NAME_MAX + 1] = "";
	const char *guest = NULL;
	int r;

	r = name_cell(matrix, cell, name);
	if (r == 0)
		r = claim_name(matrix, cell, names, name);
	if (r == 0)
		r = check_layers(matrix, &layers, cell, name, &guest);
	if (r < 0)
		return r;
	matrix->plan_bytes += CELL_BYTES + 2 * strlen(name);
	for (size_t i = 0; i < layers.count; i++)
		matrix->plan_bytes += layers.of[i]->bytes;
	r = matrix_check_plan_bytes(matrix, cell->place);
	if (r < 0)
		return r;
	cell->json = json_pack("{s:s, s:o, s:s, s:{}}", "name", name, "words",
		words_json(matrix, cell), "guest", guest, "limits_ms");
	if (!cell->json || put_backends(&layers, cell) < 0 ||
		json_object_set_new(cell->json, "expect", json_array()) < 0)
		return yaml_no_memory(&matrix->source);
	r = check_again(matrix, &layers, cell, name);
	return r < 0 ? r : check_settings(matrix, cell, name);
}

/* Finds the words that an item of `cells` says for each axis, and how many cells that makes. */
static int read_item(const struct matrix *matrix, const struct yaml_node *item,
	const struct yaml_node **found, size_t *product_r)
{
	const struct yaml_node *entry;
	size_t axis = 0, product = 1;
	int r;

	r = yaml_check_shape(&matrix->source, item, "an item of cells", YAML_A_MAP);
	for (entry = item->first; entry && r == 0; entry = entry->next) {
		r = matrix_find_axis(matrix, entry->key_place, entry->key, &axis);
		if (r == 0)
			r = yaml_check_shape(&matrix->source, entry, entry->key, YAML_ITEMS);
		if (r == 0)
			found[axis] = entry;
	}
	for (axis = 0; axis < matrix->axis_count && r == 0; axis++) {
		if (!found[axis])
			return yaml_wrong(&matrix->source, item->place,
				"these cells have no word of axis `%s`: add a word",
				matrix->axes[axis].name);
		product *= found[axis]->kind == YAML_LIST ? found[axis]->count : 1;
		if (product > MATRIX_CELLS_MAX - matrix->cell_count)
			return yaml_wrong(&matrix->source, item->place,
				"with these, the matrix has more than %d cells: split it in two",
				MATRIX_CELLS_MAX);
	}
	*product_r = product;
	return r;
}

/* Turns the lists of an item into cells: the last axis changes fastest. */
static int expand_item(struct matrix *matrix, const struct yaml_node *item, json_t *names)
{
	const struct yaml_node *found[MATRIX_AXES_MAX] = { NULL }, *at[MATRIX_AXES_MAX];
	size_t product = 0;
	int r;

	r = read_item(matrix, item, found, &product);
	for (size_t i = 0; i < matrix->axis_count && r == 0; i++)
		at[i] = yaml_first_item(found[i]);
	for (size_t made = 0; made < product && r == 0; made++) {
		struct matrix_cell *cell = &matrix->cells[matrix->cell_count];

		*cell = (struct matrix_cell){ .place = item->place };
		matrix->cell_count++;
		for (size_t i = 0; i < matrix->axis_count && r == 0; i++)
			r = matrix_find_word(matrix, i, at[i]->place, at[i]->text, &cell->words[i]);
		if (r == 0)
			r = build(matrix, cell, names);
		for (size_t i = matrix->axis_count; r == 0 && i-- > 0;) {
			at[i] = yaml_next_item(found[i], at[i]);
			if (at[i])
				break;
			at[i] = yaml_first_item(found[i]);
		}
	}
	return r;
}

int matrix_cells_read(struct matrix *matrix, const struct yaml_node *node)
{
	json_t *names = json_object();
	int r = 0;

	if (node->count == 0)
		r = yaml_wrong(
			&matrix->source, node->key_place, "the matrix has no cells: add a cell");
	matrix->cells = calloc(MATRIX_CELLS_MAX, sizeof(*matrix->cells));
	if (r == 0 && (!matrix->cells || !names))
		r = yaml_no_memory(&matrix->source);
	for (const struct yaml_node *item = node->first; item && r == 0; item = item->next)
		r = expand_item(matrix, item, names);
	json_decref(names);
	return r;
}

void matrix_cells_finish(struct matrix *matrix)
{
	for (size_t i = 0; i < matrix->cell_count; i++)
		json_decref(matrix->cells[i].json);
	free(matrix->cells);
}
