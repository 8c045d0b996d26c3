/*
 * The tags of a matrix: names of sets of its cells, for `run --tag`. A set is a list of conditions
 * as `when` of an expectation has them, of which one has to hold.
 */
#include <stdlib.h>
#include <string.h>

#include "harness/matrix/private.h"
#include "src/document.h"

#define TAG_CHARACTERS "abcdefghijklmnopqrstuvwxyz0123456789._-"

/* Gives the tag to the cells of a condition that do not have it. */
static int place(struct matrix *matrix, const struct matrix_expectation *condition,
	const struct yaml_node *item, const json_t *tag)
{
	bool used = false;

	for (size_t i = 0; i < matrix->cell_count; i++) {
		json_t *cell = matrix->cells[i].json, *tags;

		if (!matrix_is_about(matrix, condition, &matrix->cells[i]))
			continue;
		used = true;
		tags = json_object_get(cell, "tags");
		if (!tags && json_object_set_new(cell, "tags", tags = json_array()) < 0)
			return yaml_no_memory(&matrix->source);
		if (document_has(tags, tag))
			continue;
		if (json_array_append(tags, (json_t *)tag) < 0)
			return yaml_no_memory(&matrix->source);
		matrix->plan_bytes += MATRIX_WORD_MAX;
		if (matrix_check_plan_bytes(matrix, item->place) < 0)
			return -EINVAL;
	}
	if (used)
		return 0;
	return yaml_wrong(&matrix->source, item->place,
		"no cell has these words, so the tag %s applies to no cell here: correct them, or "
		"remove the item",
		json_string_value(tag));
}

static int read_item(struct matrix *matrix, const struct yaml_node *item, const json_t *tag)
{
	struct matrix_expectation condition = { .asked = calloc(matrix->word_count, sizeof(bool)) };
	int r = condition.asked ? 0 : yaml_no_memory(&matrix->source);

	if (r == 0)
		r = yaml_check_shape(&matrix->source, item, "an item of a tag", YAML_A_MAP);
	if (r == 0)
		r = matrix_conditions_read(
			matrix, &condition, &(struct matrix_conditions){ .when = item });
	if (r == 0)
		r = place(matrix, &condition, item, tag);
	free(condition.asked);
	return r;
}

static int read_tag(struct matrix *matrix, const struct yaml_node *node)
{
	json_t *tag = json_string(node->key);
	int r;

	r = yaml_check_name(&matrix->source, node->key_place, "a tag", node->key, TAG_CHARACTERS,
		MATRIX_WORD_MAX);
	if (r == 0 && !tag)
		r = yaml_no_memory(&matrix->source);
	if (r == 0)
		r = yaml_check_shape(&matrix->source, node, node->key, YAML_A_LIST);
	if (r == 0 && node->count == 0)
		r = yaml_wrong(&matrix->source, node->place,
			"the tag %s is an empty list: write the words of its cells, such as "
			"{machine: pc}",
			node->key);
	for (const struct yaml_node *item = node->first; item && r == 0; item = item->next)
		r = read_item(matrix, item, tag);
	json_decref(tag);
	return r;
}

int matrix_tags_read(struct matrix *matrix, const struct yaml_node *node)
{
	int r = 0;

	if (node && node->count > MATRIX_TAGS_MAX)
		return yaml_wrong(&matrix->source, node->key_place,
			"the matrix has more than %d tags: remove some", MATRIX_TAGS_MAX);
	for (const struct yaml_node *tag = node ? node->first : NULL; tag && r == 0;
		tag = tag->next)
		r = read_tag(matrix, tag);
	return r;
}
