#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/matrix_model.h"
#include "harness/nearest.h"
#include "harness/versions.h"
#include "src/field.h"

#define ID_CHARACTERS "abcdefghijklmnopqrstuvwxyz0123456789.@_-"
#define ID_MAX        64

enum { ID, WHEN, BACKENDS, VERSIONS, FIELD, VALUE, SOURCE, KNOWN, KEYS };

static const struct yaml_key expectation_keys[KEYS + 1] = {
	[ID] = { "id", YAML_A_SCALAR, true },
	[WHEN] = { "when", YAML_A_MAP },
	[BACKENDS] = { "backends", YAML_ITEMS },
	[VERSIONS] = { "versions", YAML_A_MAP },
	[FIELD] = { "field", YAML_A_SCALAR, true },
	[VALUE] = { "value", YAML_A_SCALAR, true },
	[SOURCE] = { "source", YAML_A_SCALAR, true },
	[KNOWN] = { "known", YAML_A_MAP },
};

/* Whose versions are detected, and by which back ends: struct backend's identify(). */
static const struct {
	const char *name;
	unsigned int backends;
} detected[] = {
	{ "qemu", MATRIX_BACKENDS_ALL },
	{ "xen", MATRIX_LIBXL },
	{ "libxl", MATRIX_LIBXL },
};

/* What has been said so far, to find what is said twice. */
struct said {
	json_t *ids;    /* id -> line */
	json_t *rivals; /* what two expectations must not share -> number */
};

static int read_when(
	struct matrix *matrix, struct matrix_expectation *expectation, const struct yaml_node *when)
{
	const struct yaml_node *entry, *item;
	size_t axis = 0;
	uint16_t word = 0;
	int r = 0;

	for (entry = when->first; entry && r == 0; entry = entry->next) {
		r = matrix_find_axis(matrix, entry->key_place, entry->key, &axis);
		if (r == 0)
			r = yaml_check_shape(&matrix->source, entry, entry->key, YAML_ITEMS);
		if (r < 0)
			return r;
		expectation->about[axis] = true;
		for (item = yaml_first_item(entry); item && r == 0;
			item = yaml_next_item(entry, item)) {
			r = matrix_find_word(matrix, axis, item->place, item->text, &word);
			if (r == 0)
				expectation->asked[matrix->axes[axis].first + word] = true;
		}
	}
	return r;
}

/* What a back end does not detect it could not judge by. */
static int check_version_name(
	const struct matrix *matrix, const struct yaml_node *entry, unsigned int backends)
{
	struct nearest nearest = nearest_to(entry->key);

	for (size_t i = 0; i < sizeof(detected) / sizeof(detected[0]); i++) {
		nearest_offer(&nearest, detected[i].name);
		if (strcmp(detected[i].name, entry->key) != 0)
			continue;
		if (backends & ~detected[i].backends)
			return yaml_wrong(&matrix->source, entry->key_place,
				"the version of %s is detected by libxl alone: add `backends: "
				"libxl`",
				entry->key);
		return 0;
	}
	return yaml_wrong(&matrix->source, entry->key_place,
		"no version of `%.60s` is detected: %s%s", entry->key,
		nearest.best ? "did you mean " : "use qemu, xen or libxl",
		nearest.best ? nearest.best : "");
}

static int read_versions(const struct matrix *matrix, const struct yaml_node *versions,
	struct matrix_expectation *expectation)
{
	json_t *ranges = json_object();
	int r = 0;

	if (json_object_set_new(expectation->json, "versions", ranges) < 0)
		return yaml_no_memory(&matrix->source);
	for (const struct yaml_node *entry = versions->first; entry; entry = entry->next) {
		struct problem inner = { "" };

		r = check_version_name(matrix, entry, expectation->backends);
		if (r == 0)
			r = yaml_check_shape(&matrix->source, entry, entry->key, YAML_A_SCALAR);
		if (r < 0)
			return r;
		if (versions_check(entry->text, &inner) < 0)
			return yaml_wrong(&matrix->source, entry->place, "%s", inner.text);
		if (json_object_set_new(ranges, entry->key, json_string(entry->text)) < 0)
			return yaml_no_memory(&matrix->source);
	}
	return 0;
}

static int put_backends(const struct matrix *matrix, unsigned int mask, json_t *expectation)
{
	json_t *names = json_array();

	if (json_object_set_new(expectation, "backends", names) < 0)
		return yaml_no_memory(&matrix->source);
	for (size_t i = 0; i < MATRIX_BACKENDS; i++) {
		if ((mask & (1u << i)) &&
			json_array_append_new(names, json_string(matrix_backends[i])) < 0)
			return yaml_no_memory(&matrix->source);
	}
	return 0;
}

static int check_id(
	const struct matrix *matrix, const struct yaml_node *id, const struct said *said)
{
	const json_t *line;
	int r;

	r = yaml_check_name(&matrix->source, id->place, "the id of an expectation", id->text,
		ID_CHARACTERS, ID_MAX);
	if (r < 0)
		return r;
	line = json_object_get(said->ids, id->text);
	if (line)
		return yaml_wrong(&matrix->source, id->place,
			"the id %s is there twice, here and at line %d: change one", id->text,
			(int)json_integer_value(line));
	if (json_object_set_new(said->ids, id->text, json_integer(id->place.line)) < 0)
		return yaml_no_memory(&matrix->source);
	return 0;
}

/* The parts of an expectation that are not about when it holds. */
static int read_content(const struct matrix *matrix, const struct yaml_node **found, json_t *json)
{
	struct problem inner = { "" };
	json_t *value = NULL;
	int r;

	if (field_check(found[FIELD]->text, &inner) < 0)
		return yaml_wrong(&matrix->source, found[FIELD]->place, "%s", inner.text);
	if (!found[SOURCE]->text[strspn(found[SOURCE]->text, " \t\r\n")])
		return yaml_wrong(&matrix->source, found[SOURCE]->place,
			"`source` is empty: say where this is known from, a commit, file or mail");
	if (found[VALUE]->plain && !found[VALUE]->text[0])
		return yaml_wrong(&matrix->source, found[VALUE]->key_place,
			"`value` is empty: write null if nothing is to be there");
	r = yaml_value(&matrix->source, found[VALUE], &value);
	if (r == 0 && found[KNOWN])
		r = matrix_known_read(&matrix->source, found[KNOWN], value, json);
	if (r < 0)
		goto out;
	if (json_object_set_new(json, "id", json_string(found[ID]->text)) < 0 ||
		json_object_set_new(json, "field", json_string(found[FIELD]->text)) < 0 ||
		json_object_set(json, "value", value) < 0 ||
		json_object_set_new(json, "source", json_string(found[SOURCE]->text)) < 0)
		r = yaml_no_memory(&matrix->source);
out:
	json_decref(value);
	return r;
}

/* Numbers the things of which a cell may have one expectation: field, back ends and versions. */
static int find_rival(
	struct matrix *matrix, struct matrix_expectation *expectation, const struct said *said)
{
	json_t *key = json_pack("[O, i, O*]", json_object_get(expectation->json, "field"),
		(int)expectation->backends, json_object_get(expectation->json, "versions"));
	char *text = key ? json_dumps(key, JSON_SORT_KEYS | JSON_COMPACT) : NULL;
	const json_t *known = text ? json_object_get(said->rivals, text) : NULL;
	int r = text ? 0 : yaml_no_memory(&matrix->source);

	if (known)
		expectation->rival = (size_t)json_integer_value(known);
	else if (text) {
		expectation->rival = matrix->rival_count++;
		if (json_object_set_new(
			    said->rivals, text, json_integer((json_int_t)expectation->rival)) < 0)
			r = yaml_no_memory(&matrix->source);
	}
	free(text);
	json_decref(key);
	return r;
}

static int read_expectation(
	struct matrix *matrix, const struct yaml_node *node, const struct said *said)
{
	struct matrix_expectation *expectation = &matrix->expect[matrix->expect_count];
	const struct yaml_node *found[KEYS] = { NULL };
	int r;

	expectation->place = node->place;
	expectation->asked = matrix->asked + matrix->expect_count * matrix->word_count;
	matrix->expect_count++;
	expectation->backends = MATRIX_BACKENDS_ALL;
	expectation->json = json_object();
	r = yaml_keys(&matrix->source, node, "an expectation", expectation_keys, found);
	if (r == 0)
		r = check_id(matrix, found[ID], said);
	if (r == 0)
		r = read_content(matrix, found, expectation->json);
	if (r == 0 && found[WHEN])
		r = read_when(matrix, expectation, found[WHEN]);
	if (r == 0 && found[BACKENDS])
		r = matrix_backends_read(&matrix->source, found[BACKENDS], &expectation->backends);
	if (r == 0 && found[BACKENDS])
		r = put_backends(matrix, expectation->backends, expectation->json);
	if (r == 0 && found[VERSIONS])
		r = read_versions(matrix, found[VERSIONS], expectation);
	if (r == 0)
		r = find_rival(matrix, expectation, said);
	if (r == 0)
		expectation->bytes = json_dumpb(expectation->json, NULL, 0, 0);
	return r;
}

/* Is this cell one that the expectation is about, and can a back end it holds for do the cell? */
static bool matches(const struct matrix *matrix, const struct matrix_expectation *expectation,
	const struct matrix_cell *cell)
{
	if (!(expectation->backends & cell->backends))
		return false;
	for (size_t i = 0; i < matrix->axis_count; i++) {
		size_t word = matrix->axes[i].first + cell->words[i];

		if (expectation->about[i] && !expectation->asked[word])
			return false;
	}
	return true;
}

/* `holders` has, for each rival number, the expectation that the cell has for it, or NULL. */
static int place_in_cell(struct matrix *matrix, const struct matrix_cell *cell,
	const struct matrix_expectation **holders)
{
	json_t *list = json_object_get(cell->json, "expect");
	int r = 0;

	memset(holders, 0, matrix->rival_count * sizeof(*holders));
	for (size_t i = 0; i < matrix->expect_count && r == 0; i++) {
		struct matrix_expectation *expectation = &matrix->expect[i];
		const struct matrix_expectation **holder = &holders[expectation->rival];

		if (!matches(matrix, expectation, cell))
			continue;
		if (*holder)
			return yaml_wrong(&matrix->source, expectation->place,
				"cell %s has two expectations of %s, here and at line %d, which "
				"hold for the same back ends and versions: narrow one by `when`, "
				"`backends` or `versions`",
				json_string_value(json_object_get(cell->json, "name")),
				json_string_value(json_object_get(expectation->json, "field")),
				(*holder)->place.line);
		*holder = expectation;
		expectation->used = true;
		matrix->plan_bytes += expectation->bytes;
		r = matrix_check_plan_bytes(matrix, expectation->place);
		if (r == 0 && json_array_append(list, expectation->json) < 0)
			r = yaml_no_memory(&matrix->source);
	}
	return r;
}

static int place(struct matrix *matrix)
{
	const struct matrix_expectation **holders = calloc(matrix->rival_count, sizeof(*holders));
	int r = holders ? 0 : yaml_no_memory(&matrix->source);

	for (size_t i = 0; i < matrix->cell_count && r == 0; i++)
		r = place_in_cell(matrix, &matrix->cells[i], holders);
	for (size_t i = 0; i < matrix->expect_count && r == 0; i++) {
		if (!matrix->expect[i].used)
			r = yaml_wrong(&matrix->source, matrix->expect[i].place,
				"no cell has what expectation %s is about: correct its `when` or "
				"`backends`, or remove it",
				json_string_value(json_object_get(matrix->expect[i].json, "id")));
	}
	free(holders);
	return r;
}

int matrix_expect_read(struct matrix *matrix, const struct yaml_node *node)
{
	struct said said = { json_object(), json_object() };
	int r = 0;

	if (!node || node->count == 0)
		goto out;
	if (node->count > MATRIX_EXPECT_MAX) {
		r = yaml_wrong(&matrix->source, node->key_place,
			"there are more than %d expectations: split the matrix in two",
			MATRIX_EXPECT_MAX);
		goto out;
	}
	matrix->expect = calloc(node->count, sizeof(*matrix->expect));
	matrix->asked = calloc(node->count * matrix->word_count, sizeof(*matrix->asked));
	if (!matrix->expect || !matrix->asked || !said.ids || !said.rivals)
		r = yaml_no_memory(&matrix->source);
	for (const struct yaml_node *item = node->first; item && r == 0; item = item->next)
		r = read_expectation(matrix, item, &said);
	if (r == 0)
		r = place(matrix);
out:
	json_decref(said.ids);
	json_decref(said.rivals);
	return r;
}

void matrix_expect_finish(struct matrix *matrix)
{
	for (size_t i = 0; i < matrix->expect_count; i++)
		json_decref(matrix->expect[i].json);
	free(matrix->expect);
	free(matrix->asked);
}
