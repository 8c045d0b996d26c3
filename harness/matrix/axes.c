#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/suggest.h"
#include "harness/matrix/private.h"

/* No "-": it joins the words of a cell's name, which can so be taken apart again. */
#define WORD_CHARACTERS "abcdefghijklmnopqrstuvwxyz0123456789.@"
#define AXIS_CHARACTERS "abcdefghijklmnopqrstuvwxyz0123456789_"

static int read_word(struct matrix *matrix, struct matrix_axis *axis, const struct yaml_node *node)
{
	struct matrix_word *word = &axis->words[axis->count];
	char what[MATRIX_WORD_MAX + sizeof("word ``")];
	int r;

	r = yaml_check_name(&matrix->source, node->key_place, "a word", node->key, WORD_CHARACTERS,
		MATRIX_WORD_MAX);
	if (r < 0)
		return r;
	if (json_object_set_new(axis->index, node->key, json_integer((json_int_t)axis->count)) < 0)
		return yaml_no_memory(&matrix->source);
	axis->count++;
	word->name = node->key;
	snprintf(what, sizeof(what), "word `%s`", node->key);
	return matrix_layer_read(&matrix->source, node, what, MATRIX_WORD, &word->layer);
}

static int read_axis(struct matrix *matrix, const struct yaml_node *node)
{
	struct matrix_axis *axis = &matrix->axes[matrix->axis_count];
	int r;

	r = yaml_check_name(&matrix->source, node->key_place, "an axis", node->key, AXIS_CHARACTERS,
		MATRIX_WORD_MAX);
	if (r == 0)
		r = yaml_check_shape(&matrix->source, node, node->key, YAML_A_MAP);
	if (r < 0)
		return r;
	if (node->count == 0 || node->count > MATRIX_WORDS_MAX)
		return yaml_wrong(&matrix->source, node->key_place,
			"axis `%s` has %zu words: write from 1 to %d", node->key, node->count,
			MATRIX_WORDS_MAX);
	axis->name = node->key;
	axis->first = matrix->word_count;
	matrix->word_count += node->count;
	axis->index = json_object();
	axis->words = calloc(node->count, sizeof(*axis->words));
	matrix->axis_count++;
	if (!axis->index || !axis->words)
		return yaml_no_memory(&matrix->source);
	for (const struct yaml_node *word = node->first; word && r == 0; word = word->next)
		r = read_word(matrix, axis, word);
	return r;
}

int matrix_axes_read(struct matrix *matrix, const struct yaml_node *node)
{
	int r = 0;

	if (node->count == 0 || node->count > MATRIX_AXES_MAX)
		return yaml_wrong(&matrix->source, node->key_place,
			"the matrix has %zu axes: write from 1 to %d", node->count,
			MATRIX_AXES_MAX);
	for (const struct yaml_node *axis = node->first; axis && r == 0; axis = axis->next)
		r = read_axis(matrix, axis);
	return r;
}

void matrix_axes_finish(struct matrix *matrix)
{
	for (size_t i = 0; i < matrix->axis_count; i++) {
		struct matrix_axis *axis = &matrix->axes[i];

		for (size_t j = 0; j < axis->count; j++)
			matrix_layer_finish(&axis->words[j].layer);
		free(axis->words);
		json_decref(axis->index);
	}
}

int matrix_find_axis(
	const struct matrix *matrix, struct yaml_place at, const char *name, size_t *axis_r)
{
	struct suggestion suggestion = suggest_for(name);

	for (size_t i = 0; i < matrix->axis_count; i++) {
		if (strcmp(matrix->axes[i].name, name) == 0) {
			*axis_r = i;
			return 0;
		}
		suggest_candidate(&suggestion, matrix->axes[i].name);
	}
	if (suggestion.best)
		return yaml_wrong(&matrix->source, at,
			"there is no axis `%.60s`: did you mean `%s`?", name, suggestion.best);
	return yaml_wrong(&matrix->source, at,
		"there is no axis `%.60s`: use one of those in `axes`, or add it there", name);
}

int matrix_find_word(const struct matrix *matrix, size_t axis, struct yaml_place at,
	const char *name, uint16_t *word_r)
{
	const struct matrix_axis *in = &matrix->axes[axis];
	const json_t *index = json_object_get(in->index, name);
	struct suggestion suggestion = suggest_for(name);

	if (index) {
		*word_r = (uint16_t)json_integer_value(index);
		return 0;
	}
	for (size_t i = 0; i < in->count; i++)
		suggest_candidate(&suggestion, in->words[i].name);
	if (suggestion.best)
		return yaml_wrong(&matrix->source, at,
			"axis `%s` has no word `%.60s`: did you mean `%s`?", in->name, name,
			suggestion.best);
	return yaml_wrong(&matrix->source, at,
		"axis `%s` has no word `%.60s`: use one of its words, or add it there", in->name,
		name);
}
