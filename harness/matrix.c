#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/digest.h"
#include "harness/matrix_model.h"
#include "harness/store.h"
#include "src/document.h"

#define NAME_CHARACTERS "abcdefghijklmnopqrstuvwxyz0123456789._-"
#define NAME_MAX_BYTES  64

enum { FORMAT, VERSION, NAME, ABOUT, AXES, DEFAULTS, CELLS, EXPECT, KEYS };

static const struct yaml_key matrix_keys[KEYS + 1] = {
	[FORMAT] = { "format", YAML_A_SCALAR, true },
	[VERSION] = { "version", YAML_A_SCALAR, true },
	[NAME] = { "name", YAML_A_SCALAR, true },
	[ABOUT] = { "about", YAML_A_SCALAR, true },
	[AXES] = { "axes", YAML_A_MAP, true },
	[DEFAULTS] = { "defaults", YAML_A_MAP },
	[CELLS] = { "cells", YAML_A_LIST, true },
	[EXPECT] = { "expect", YAML_A_LIST },
};

static int check_head(const struct yaml_source *source, const struct yaml_node **found)
{
	json_int_t version = 0;
	int r;

	if (strcmp(found[FORMAT]->text, MATRIX_FORMAT) != 0)
		return yaml_wrong(source, found[FORMAT]->place,
			"\"%.60s\" is not the format of a matrix: write \"" MATRIX_FORMAT "\"",
			found[FORMAT]->text);
	r = yaml_whole(source, found[VERSION], 1, INT32_MAX, &version);
	if (r == 0 && version > MATRIX_VERSION)
		r = yaml_wrong(source, found[VERSION]->place,
			"the matrix is of version %" JSON_INTEGER_FORMAT
			", this program knows versions up to %d: use a newer igd-harness",
			version, MATRIX_VERSION);
	if (r == 0)
		r = yaml_check_name(source, found[NAME]->place, "the name of a matrix",
			found[NAME]->text, NAME_CHARACTERS, NAME_MAX_BYTES);
	return r;
}

static json_t *assemble(
	const struct matrix *matrix, const struct yaml_node **found, const char *sha256)
{
	json_t *axes = json_array(), *cells = json_array();
	json_t *plan = document_new(DOCUMENT_PLAN, DOCUMENT_VERSION);
	/* A name that is no UTF-8 still opens the file; the plan then goes without it. */
	json_t *file = json_string(matrix->source.file);
	json_t *head = json_pack("{s:s, s:s, s:o, s:s}", "name", found[NAME]->text, "about",
		found[ABOUT]->text, "file", file ? file : json_null(), "sha256", sha256);
	int bad = 0;

	for (size_t i = 0; i < matrix->axis_count; i++)
		bad |= json_array_append_new(axes, json_string(matrix->axes[i].name));
	for (size_t i = 0; i < matrix->cell_count; i++)
		bad |= json_array_append(cells, matrix->cells[i].json);
	bad |= json_object_set_new(plan, "matrix", head);
	bad |= json_object_set_new(plan, "axes", axes);
	bad |= json_object_set_new(plan, "cells", cells);
	if (bad) {
		json_decref(plan);
		return NULL;
	}
	return plan;
}

static void finish(struct matrix *matrix)
{
	matrix_expect_finish(matrix);
	matrix_cells_finish(matrix);
	matrix_axes_finish(matrix);
	matrix_layer_finish(&matrix->defaults);
	yaml_free(matrix->root);
	free(matrix);
}

int matrix_plan_text(
	const char *file, const char *text, size_t length, json_t **plan_r, struct problem *why)
{
	const struct yaml_node *found[KEYS] = { NULL };
	char sha256[DIGEST_TEXT_MAX];
	struct matrix *matrix = calloc(1, sizeof(*matrix));
	int r;

	if (!matrix)
		return problem_set(why, -ENOMEM, "%s: out of memory", file);
	matrix->source =
		(struct yaml_source){ .file = file, .manual = "docs/matrix.md", .why = why };
	matrix->defaults.backends = MATRIX_BACKENDS_ALL;
	r = yaml_parse(&matrix->source, text, length, &matrix->root);
	if (r == 0)
		r = yaml_keys(&matrix->source, matrix->root, "a matrix", matrix_keys, found);
	if (r == 0)
		r = check_head(&matrix->source, found);
	if (r == 0)
		r = matrix_axes_read(matrix, found[AXES]);
	if (r == 0 && found[DEFAULTS])
		r = matrix_layer_read(
			&matrix->source, found[DEFAULTS], "`defaults`", false, &matrix->defaults);
	if (r == 0)
		r = matrix_cells_read(matrix, found[CELLS]);
	if (r == 0)
		r = matrix_expect_read(matrix, found[EXPECT]);
	if (r == 0) {
		digest_bytes(text, length, sha256);
		*plan_r = assemble(matrix, found, sha256);
		if (!*plan_r)
			r = yaml_no_memory(&matrix->source);
	}
	finish(matrix);
	return r;
}

int matrix_plan(const char *file, json_t **plan_r, struct problem *why)
{
	char *text = NULL;
	size_t length = 0;
	int r;

	r = store_read(AT_FDCWD, file, &text, &length, why);
	if (r < 0)
		return problem_set(why, r, "cannot read the matrix %s: %s", file, strerror(-r));
	if (length > MATRIX_FILE_MAX)
		r = problem_set(why, -EINVAL,
			"%s:1:1: the file has %zu bytes, a matrix at most %u: split it in two",
			file, length, MATRIX_FILE_MAX);
	else
		r = matrix_plan_text(file, text, length, plan_r, why);
	free(text);
	return r;
}
