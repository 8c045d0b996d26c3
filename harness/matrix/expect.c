#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/evidence/fields.h"
#include "harness/matrix/private.h"

#define ID_CHARACTERS "abcdefghijklmnopqrstuvwxyz0123456789.@_-"
#define ID_MAX        64

enum { ID, WHEN, BACKENDS, VERSIONS, ON_HOST, NOT_ON_HOST, FIELD, VALUE, SAME_AS, SOURCE, KEYS };

static const struct yaml_key expectation_keys[KEYS + 1] = {
	[ID] = { "id", YAML_A_SCALAR, true },
	[WHEN] = { "when", YAML_A_MAP },
	[BACKENDS] = { "backends", YAML_ITEMS },
	[VERSIONS] = { "versions", YAML_A_MAP },
	[ON_HOST] = { "on_host", YAML_A_MAP },
	[NOT_ON_HOST] = { "not_on_host", YAML_A_MAP },
	[FIELD] = { "field", YAML_A_SCALAR, true },
	[VALUE] = { "value", YAML_A_SCALAR },
	[SAME_AS] = { "same_as", YAML_A_SCALAR },
	[SOURCE] = { "source", YAML_A_SCALAR, true },
};

/* What has been said so far, to find what is said twice. */
struct said {
	json_t *ids;    /* id -> line */
	json_t *rivals; /* what two expectations must not share -> number */
};

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
			"the id %s is given twice, here and at line %d: change one of them",
			id->text, (int)json_integer_value(line));
	if (json_object_set_new(said->ids, id->text, json_integer(id->place.line)) < 0)
		return yaml_no_memory(&matrix->source);
	return 0;
}

/* What should be: "value", as JSON in *value_r, or "same_as", with *value_r left NULL. */
static int read_wanted(const struct matrix *matrix, const struct yaml_node *node,
	const struct yaml_node **found, json_t *json, json_t **value_r)
{
	const struct yaml_node *value = found[VALUE], *same_as = found[SAME_AS];
	struct problem inner = { "" };
	int r;

	if (!value == !same_as)
		return yaml_wrong(&matrix->source, value ? same_as->key_place : node->place,
			"an expectation has either `value` or `same_as`: %s",
			value ? "remove one" : "add one");
	if (same_as && evidence_check(same_as->text, &inner) < 0)
		return yaml_wrong(&matrix->source, same_as->place, "%s", inner.text);
	if (same_as && strcmp(same_as->text, found[FIELD]->text) == 0)
		return yaml_wrong(&matrix->source, same_as->place,
			"`same_as` is the field itself: such an expectation never fails");
	if (same_as)
		return json_object_set_new(json, "same_as", json_string(same_as->text)) < 0
			       ? yaml_no_memory(&matrix->source)
			       : 0;
	if (value->plain && !value->text[0])
		return yaml_wrong(&matrix->source, value->key_place,
			"`value` is empty: write null to expect nothing");
	r = yaml_value(&matrix->source, value, value_r);
	if (r == 0 && json_object_set(json, "value", *value_r) < 0)
		r = yaml_no_memory(&matrix->source);
	return r;
}

/* The parts of an expectation that are not about when it holds. */
static int read_content(const struct matrix *matrix, const struct yaml_node *node,
	const struct yaml_node **found, json_t *json)
{
	struct problem inner = { "" };
	json_t *value = NULL;
	int r;

	if (evidence_check(found[FIELD]->text, &inner) < 0)
		return yaml_wrong(&matrix->source, found[FIELD]->place, "%s", inner.text);
	if (!found[SOURCE]->text[strspn(found[SOURCE]->text, " \t\r\n")])
		return yaml_wrong(&matrix->source, found[SOURCE]->place,
			"`source` is empty: name the commit, file or mail that gives the "
			"expected value");
	r = read_wanted(matrix, node, found, json, &value);
	json_decref(value);
	if (r < 0)
		return r;
	if (json_object_set_new(json, "id", json_string(found[ID]->text)) < 0 ||
		json_object_set_new(json, "field", json_string(found[FIELD]->text)) < 0 ||
		json_object_set_new(json, "source", json_string(found[SOURCE]->text)) < 0)
		return yaml_no_memory(&matrix->source);
	return 0;
}

/* Numbers the things of which a cell may have one expectation: field, and when it holds. */
static int find_rival(
	struct matrix *matrix, struct matrix_expectation *expectation, const struct said *said)
{
	const json_t *json = expectation->json;
	json_t *key = json_pack("{s:O, s:i, s:O*, s:O*, s:O*}", "field",
		json_object_get(json, "field"), "backends", (int)expectation->backends, "versions",
		json_object_get(json, "versions"), "on_host", json_object_get(json, "on_host"),
		"not_on_host", json_object_get(json, "not_on_host"));
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
	expectation->json = json_object();
	r = yaml_keys(&matrix->source, node, "an expectation", expectation_keys, found);
	if (r == 0)
		r = check_id(matrix, found[ID], said);
	if (r == 0)
		r = read_content(matrix, node, found, expectation->json);
	if (r == 0)
		r = matrix_conditions_read(matrix, expectation,
			&(struct matrix_conditions){ found[WHEN], found[BACKENDS], found[VERSIONS],
				found[ON_HOST], found[NOT_ON_HOST] });
	if (r == 0)
		r = find_rival(matrix, expectation, said);
	if (r == 0)
		expectation->bytes = json_dumpb(expectation->json, NULL, 0, 0);
	return r;
}

bool matrix_is_about(const struct matrix *matrix, const struct matrix_expectation *expectation,
	const struct matrix_cell *cell)
{
	for (size_t i = 0; i < matrix->axis_count; i++) {
		size_t word = matrix->axes[i].first + cell->words[i];

		if (expectation->about[i] && !expectation->asked[word])
			return false;
	}
	return true;
}

/* Is this cell one that the expectation is about, and can a back end it holds for do the cell? */
static bool matches(const struct matrix *matrix, const struct matrix_expectation *expectation,
	const struct matrix_cell *cell)
{
	return expectation->backends & cell->backends && matrix_is_about(matrix, expectation, cell);
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
				"cell %s has two expectations of %s, here and at line %d, that "
				"apply to the same back ends, versions and hosts: restrict one of "
				"them by `when`, `backends`, `versions` or `on_host`",
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
	int r = 0;

	if (!holders)
		return yaml_no_memory(&matrix->source);
	for (size_t i = 0; i < matrix->cell_count && r == 0; i++)
		r = place_in_cell(matrix, &matrix->cells[i], holders);
	for (size_t i = 0; i < matrix->expect_count && r == 0; i++) {
		if (!matrix->expect[i].used)
			r = yaml_wrong(&matrix->source, matrix->expect[i].place,
				"expectation %s applies to no cell: correct its `when` or "
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
			"the matrix has more than %d expectations: split it in two",
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
