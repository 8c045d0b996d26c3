/*
 * The known deviations of a matrix, from a file of their own: what is seen today instead of what
 * should be, why, and until when. So the matrix says what should be, and nothing else.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/digest.h"
#include "harness/base/suggest.h"
#include "harness/base/version_range.h"
#include "harness/matrix/private.h"

#define KNOWN_FORMAT  "igd-harness known"
#define KNOWN_VERSION 1
#define KNOWN_MAX     4096

enum { FORMAT, VERSION, MATRIX, KNOWN, FILE_KEYS };

static const struct yaml_key file_keys[FILE_KEYS + 1] = {
	[FORMAT] = { "format", YAML_A_SCALAR, true },
	[VERSION] = { "version", YAML_A_SCALAR, true },
	[MATRIX] = { "matrix", YAML_A_SCALAR, true },
	[KNOWN] = { "known", YAML_A_LIST, true },
};

enum {
	ID,
	EXPECT,
	WHEN,
	BACKENDS,
	VERSIONS,
	ON_HOST,
	NOT_ON_HOST,
	VALUE,
	WHY,
	LINK,
	UNTIL,
	FLAKY,
	KEYS
};

static const struct yaml_key keys[KEYS + 1] = {
	[ID] = { "id", YAML_A_SCALAR, true },
	[EXPECT] = { "expect", YAML_ITEMS, true },
	[WHEN] = { "when", YAML_A_MAP },
	[BACKENDS] = { "backends", YAML_ITEMS },
	[VERSIONS] = { "versions", YAML_A_MAP },
	[ON_HOST] = { "on_host", YAML_A_MAP },
	[NOT_ON_HOST] = { "not_on_host", YAML_A_MAP },
	[VALUE] = { "value", YAML_A_SCALAR, true },
	[WHY] = { "why", YAML_A_SCALAR, true },
	[LINK] = { "link", YAML_A_SCALAR, true },
	[UNTIL] = { "until", YAML_A_MAP, true },
	[FLAKY] = { "flaky", YAML_A_SCALAR },
};

/* One entry: `asked` as of an expectation, and what goes into the plan. */
struct known {
	struct matrix *matrix;
	const struct yaml_node *found[KEYS];
	struct matrix_expectation condition;
	size_t used;
};

static bool is_date(const char *text)
{
	static const char shape[] = "dddd-dd-dd";

	for (size_t i = 0; shape[i]; i++) {
		if (shape[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != shape[i])
			return false;
	}
	return !text[strlen(shape)];
}

/* {date: 2027-06-30} or {qemu: ">=11.0"}: one of them, the version or day by which it is gone. */
static int read_until(struct known *known)
{
	const struct yaml_node *until = known->found[UNTIL], *entry = until->first;
	const struct yaml_source *source = &known->matrix->source;
	struct problem inner = { "" };
	json_t *object;

	if (until->count != 1)
		return yaml_wrong(source, until->place,
			"`until` has one key: {date: 2027-06-30}, or {qemu: \">=11.0\"} for the "
			"version that fixes it");
	if (yaml_check_shape(source, entry, entry->key, YAML_A_SCALAR) < 0)
		return -EINVAL;
	if (strcmp(entry->key, "date") == 0) {
		if (!is_date(entry->text))
			return yaml_wrong(source, entry->place,
				"\"%.40s\" is not a date: write a date as 2027-06-30", entry->text);
	} else if (!matrix_is_versioned(entry->key)) {
		return yaml_wrong(source, entry->key_place,
			"`until` has no key \"%.40s\": use date, qemu, xen or libxl", entry->key);
	} else if (version_range_check(entry->text, &inner) < 0) {
		return yaml_wrong(source, entry->place, "%s", inner.text);
	}
	object = json_pack("{s:s}", entry->key, entry->text);
	return json_object_set_new(known->condition.json, "until", object) < 0
		       ? yaml_no_memory(source)
		       : 0;
}

static int read_texts(struct known *known)
{
	static const int texts[] = { ID, WHY, LINK };
	const struct yaml_source *source = &known->matrix->source;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		const struct yaml_node *node = known->found[texts[i]];

		if (!node->text[strspn(node->text, " \t\r\n")])
			return yaml_wrong(source, node->place,
				"`%s` of a known deviation is empty: write a text for the reader "
				"of an XFAIL",
				node->key);
		if (json_object_set_new(known->condition.json, node->key, json_string(node->text)) <
			0)
			return yaml_no_memory(source);
	}
	return 0;
}

/* Of a deviation that is not seen each time. */
static int read_flaky(struct known *known)
{
	const struct yaml_node *node = known->found[FLAKY];

	if (!node->plain || strcmp(node->text, "true") != 0)
		return yaml_wrong(&known->matrix->source, node->place,
			"`flaky` is a switch: write true, or leave it out");
	return json_object_set_new(known->condition.json, "flaky", json_true()) < 0
		       ? yaml_no_memory(&known->matrix->source)
		       : 0;
}

static int read_value(struct known *known)
{
	json_t *value = NULL;
	int r = yaml_value(&known->matrix->source, known->found[VALUE], &value);

	if (r == 0 && json_object_set_new(known->condition.json, "value", value) < 0)
		r = yaml_no_memory(&known->matrix->source);
	return r;
}

/* Gives one expectation of one cell this deviation too. The plan's expectations are shared by the
 * cells, so a cell that differs gets its own. */
static int attach(const struct known *known, json_t *list, size_t at)
{
	const struct yaml_source *source = &known->matrix->source;
	json_t *expectation = json_deep_copy(json_array_get(list, at)), *all;
	const json_t *should_be = json_object_get(expectation, "value");
	int r = 0;

	if (should_be && json_equal(should_be, json_object_get(known->condition.json, "value"))) {
		json_decref(expectation);
		return yaml_wrong(source, known->found[VALUE]->place,
			"the value of the known deviation is the expected value: remove "
			"one of them");
	}
	all = json_object_get(expectation, "known");
	if (!all) {
		all = json_array();
		r = json_object_set_new(expectation, "known", all);
	}
	if (r == 0)
		r = json_array_append(all, known->condition.json);
	if (json_array_set_new(list, at, expectation) < 0 || r < 0)
		return yaml_no_memory(source);
	return 0;
}

static int attach_to_cell(struct known *known, const struct matrix_cell *cell, const char *id)
{
	json_t *list = json_object_get(cell->json, "expect");

	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *other =
			json_string_value(json_object_get(json_array_get(list, i), "id"));
		int r;

		if (strcmp(other, id) != 0)
			continue;
		r = attach(known, list, i);
		if (r < 0)
			return r;
		known->matrix->plan_bytes += known->condition.bytes;
		r = matrix_check_plan_bytes(known->matrix, known->found[ID]->place);
		if (r < 0)
			return r;
		known->used++;
	}
	return 0;
}

static int unknown_expectation(const struct known *known, const struct yaml_node *id)
{
	const struct matrix *matrix = known->matrix;
	struct suggestion suggestion = suggest_for(id->text);

	for (size_t i = 0; i < matrix->expect_count; i++)
		suggest_candidate(&suggestion,
			json_string_value(json_object_get(matrix->expect[i].json, "id")));
	return yaml_wrong(&matrix->source, id->place,
		"no cell of this deviation has an expectation %.60s: %s%s", id->text,
		suggestion.best ? "did you mean " : "correct `expect` or `when`",
		suggestion.best ? suggestion.best : "");
}

static int place(struct known *known)
{
	const struct yaml_node *list = known->found[EXPECT];
	int r = 0;

	known->condition.bytes = json_dumpb(known->condition.json, NULL, 0, 0);
	for (const struct yaml_node *id = yaml_first_item(list); id && r == 0;
		id = yaml_next_item(list, id)) {
		known->used = 0;
		for (size_t i = 0; i < known->matrix->cell_count && r == 0; i++) {
			const struct matrix_cell *cell = &known->matrix->cells[i];

			if (matrix_is_about(known->matrix, &known->condition, cell))
				r = attach_to_cell(known, cell, id->text);
		}
		if (r == 0 && known->used == 0)
			r = unknown_expectation(known, id);
	}
	return r;
}

static int read_known(struct matrix *matrix, const struct yaml_node *node)
{
	struct known known = { .matrix = matrix };
	const struct yaml_node **found = known.found;
	int r;

	known.condition.json = json_object();
	known.condition.asked = calloc(matrix->word_count, sizeof(bool));
	r = known.condition.asked ? 0 : yaml_no_memory(&matrix->source);
	if (r == 0)
		r = yaml_keys(&matrix->source, node, "a known deviation", keys, found);
	if (r == 0)
		r = read_texts(&known);
	if (r == 0)
		r = read_value(&known);
	if (r == 0)
		r = read_until(&known);
	if (r == 0 && found[FLAKY])
		r = read_flaky(&known);
	if (r == 0)
		r = matrix_conditions_read(matrix, &known.condition,
			&(struct matrix_conditions){ .when = found[WHEN],
				.backends = found[BACKENDS],
				.versions = found[VERSIONS],
				.on_host = found[ON_HOST],
				.not_on_host = found[NOT_ON_HOST] });
	if (r == 0)
		r = place(&known);
	json_decref(known.condition.json);
	free(known.condition.asked);
	return r;
}

/* Two of one id could not be told apart in a report. */
static int check_ids(const struct yaml_source *source, const struct yaml_node *list)
{
	json_t *ids = json_object();
	int r = 0;

	for (const struct yaml_node *item = list->first; item && r == 0; item = item->next) {
		const struct yaml_node *id = item->kind == YAML_MAP ? item->first : NULL;

		while (id && strcmp(id->key, "id") != 0)
			id = id->next;
		if (!id || id->kind != YAML_SCALAR)
			continue;
		if (json_object_get(ids, id->text))
			r = yaml_wrong(source, id->place,
				"the id %.60s is given twice: change one of them", id->text);
		else if (json_object_set_new(ids, id->text, json_true()) < 0)
			r = yaml_no_memory(source);
	}
	json_decref(ids);
	return r;
}

int matrix_known_read(struct matrix *matrix, const char *name, const struct matrix_file *file,
	json_t **identity_r)
{
	const struct yaml_source of_matrix = matrix->source;
	const struct yaml_node *found[FILE_KEYS] = { NULL };
	const struct yaml_source *source = &matrix->source;
	char sha256[DIGEST_TEXT_MAX];
	struct yaml_node *root = NULL;
	int r;

	/* Sentences are about this file as long as it is read. */
	matrix->source.file = file->name;
	r = yaml_parse(source, file->text, file->length, &root);
	if (r == 0)
		r = yaml_keys(source, root, "a file of known deviations", file_keys, found);
	if (r == 0)
		r = yaml_check_head(source, found[FORMAT], found[VERSION],
			&(struct yaml_head){ KNOWN_FORMAT, "known deviations", KNOWN_VERSION });
	if (r == 0 && strcmp(found[MATRIX]->text, name) != 0)
		r = yaml_wrong(source, found[MATRIX]->place,
			"the file has the known deviations of the matrix %.60s, not of "
			"%.60s",
			found[MATRIX]->text, name);
	if (r == 0 && found[KNOWN]->count > KNOWN_MAX)
		r = yaml_wrong(source, found[KNOWN]->key_place,
			"the file has more than %d known deviations: remove some", KNOWN_MAX);
	if (r == 0)
		r = check_ids(source, found[KNOWN]);
	for (const struct yaml_node *item = r == 0 ? found[KNOWN]->first : NULL; item && r == 0;
		item = item->next)
		r = read_known(matrix, item);
	if (r == 0) {
		digest_bytes(file->text, file->length, sha256);
		*identity_r = json_pack("{s:s, s:s}", "file", file->name, "sha256", sha256);
	}
	yaml_free(root);
	matrix->source = of_matrix;
	return r;
}
