#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/digest.h"
#include "harness/base/fileio.h"
#include "harness/matrix/matrix.h"
#include "harness/matrix/private.h"
#include "src/document.h"

#define NAME_CHARACTERS "abcdefghijklmnopqrstuvwxyz0123456789._-"
#define NAME_MAX_BYTES  64

enum { FORMAT, VERSION, NAME, ABOUT, AXES, DEFAULTS, CELLS, TAGS, EXPECT, KEYS };

static const struct yaml_key matrix_keys[KEYS + 1] = {
	[FORMAT] = { "format", YAML_A_SCALAR, true },
	[VERSION] = { "version", YAML_A_SCALAR, true },
	[NAME] = { "name", YAML_A_SCALAR, true },
	[ABOUT] = { "about", YAML_A_SCALAR, true },
	[AXES] = { "axes", YAML_A_MAP, true },
	[DEFAULTS] = { "defaults", YAML_A_MAP },
	[CELLS] = { "cells", YAML_A_LIST, true },
	[TAGS] = { "tags", YAML_A_MAP },
	[EXPECT] = { "expect", YAML_A_LIST },
};

static int check_head(const struct yaml_source *source, const struct yaml_node **found)
{
	int r = yaml_check_head(source, found[FORMAT], found[VERSION],
		&(struct yaml_head){ MATRIX_FORMAT, "a matrix", MATRIX_VERSION });

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

int matrix_plan_text(const struct matrix_file *file, const struct matrix_file *known,
	json_t **plan_r, struct problem *why)
{
	const struct yaml_node *found[KEYS] = { NULL };
	char sha256[DIGEST_TEXT_MAX];
	struct matrix *matrix = calloc(1, sizeof(*matrix));
	json_t *known_identity = NULL;
	int r;

	if (!matrix)
		return problem_set(why, -ENOMEM, "%s: out of memory", file->name);
	matrix->source = (struct yaml_source){
		.file = file->name, .manual = "docs/use/matrix.md", .why = why
	};
	matrix->defaults.backends = MATRIX_BACKENDS_ALL;
	r = yaml_parse(&matrix->source, file->text, file->length, &matrix->root);
	if (r == 0)
		r = yaml_keys(&matrix->source, matrix->root, "a matrix", matrix_keys, found);
	if (r == 0)
		r = check_head(&matrix->source, found);
	if (r == 0)
		r = matrix_axes_read(matrix, found[AXES]);
	if (r == 0 && found[DEFAULTS])
		r = matrix_layer_read(&matrix->source, found[DEFAULTS], "`defaults`",
			MATRIX_DEFAULTS, &matrix->defaults);
	if (r == 0)
		r = matrix_cells_read(matrix, found[CELLS]);
	if (r == 0)
		r = matrix_tags_read(matrix, found[TAGS]);
	if (r == 0)
		r = matrix_expect_read(matrix, found[EXPECT]);
	if (r == 0 && known)
		r = matrix_known_read(matrix, found[NAME]->text, known, &known_identity);
	if (r == 0) {
		digest_bytes(file->text, file->length, sha256);
		*plan_r = assemble(matrix, found, sha256);
		if (!*plan_r)
			r = yaml_no_memory(&matrix->source);
	}
	if (r == 0 && known_identity)
		json_object_set(*plan_r, "known", known_identity);
	json_decref(known_identity);
	finish(matrix);
	return r;
}

/*
 * Reads a file of at most MATRIX_FILE_MAX bytes: `name`, or its last part below the folder of a
 * run. -ENOENT without a sentence if it is not there.
 */
static int read_file(
	int run_fd, const char *name, struct matrix_file *file, char **text_r, struct problem *why)
{
	int r = run_fd < 0
			? fileio_read(AT_FDCWD, name, text_r, &file->length, why)
			: fileio_read(run_fd, strrchr(name, '/') + 1, text_r, &file->length, why);

	if (r == 0 && file->length > MATRIX_FILE_MAX)
		r = problem_set(why, -EINVAL,
			"%s:1:1: the file has %zu bytes, a matrix at most %u: split it in two",
			name, file->length, MATRIX_FILE_MAX);
	file->name = name;
	file->text = *text_r;
	return r;
}

char *matrix_known_beside(const char *file)
{
	static const char ending[] = ".yaml";
	size_t length = strlen(file);
	char *name = NULL;

	if (length > strlen(ending) && strcmp(file + length - strlen(ending), ending) == 0)
		length -= strlen(ending);
	return asprintf(&name, "%.*s.known.yaml", (int)length, file) < 0 ? NULL : name;
}

/* The known deviations are those beside the matrix, unless the user named a file. */
static int plan_from(
	int run_fd, const char *name, const char *known_name, json_t **plan_r, struct problem *why)
{
	char *beside = known_name ? strdup(known_name) : matrix_known_beside(name);
	char *text = NULL, *known_text = NULL;
	struct matrix_file file, known;
	int r;

	r = read_file(run_fd, name, &file, &text, why);
	if (r == -ENOENT)
		problem_set(why, r, "cannot read the matrix %s: %s", name, strerror(-r));
	if (r < 0)
		goto out;
	r = beside ? read_file(known_name ? -1 : run_fd, beside, &known, &known_text, why)
		   : -ENOMEM;
	if (r == -ENOENT && known_name)
		problem_set(
			why, r, "cannot read the known deviations %s: %s", beside, strerror(-r));
	else if (r == -ENOENT)
		r = 0;
	if (r == 0)
		r = matrix_plan_text(&file, known_text ? &known : NULL, plan_r, why);
out:
	free(text);
	free(known_text);
	free(beside);
	return r;
}

int matrix_plan(const char *name, const char *known_name, json_t **plan_r, struct problem *why)
{
	return plan_from(-1, name, known_name, plan_r, why);
}

int matrix_plan_of_run(
	int run_fd, const char *dir, const char *known_name, json_t **plan_r, struct problem *why)
{
	char *name = NULL;
	int r;

	if (asprintf(&name, "%s/matrix.yaml", dir) < 0)
		return problem_set(why, -ENOMEM, "out of memory");
	r = plan_from(run_fd, name, known_name, plan_r, why);
	free(name);
	return r;
}
