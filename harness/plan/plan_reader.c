#include "harness/plan/plan_reader.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/below/below.h"
#include "harness/base/fileio.h"
#include "harness/base/shape/shape.h"
#include "harness/plan/plan.h"
#include "src/document.h"

#define SCALAR_MAX 64 /* bytes of a number, true, false or null */

struct plan_reader {
	FILE *file;
	json_t *head;
	long cells_at; /* where "cells" begins, behind the [ */
	bool first;    /* no cell has been read since */
};

/* The next byte that is no blank; EOF at the end. */
static int next_sign(FILE *file)
{
	int c;

	do
		c = getc(file);
	while (c == ' ' || c == '\t' || c == '\n' || c == '\r');
	return c;
}

/*
 * A text, list or object from where the file stands, and not one byte more: jansson asks for each,
 * and of these the last is their own. NULL if it is none.
 */
static json_t *read_closed(FILE *file)
{
	return json_loadf(
		file, JSON_DECODE_ANY | JSON_DISABLE_EOF_CHECK | JSON_REJECT_DUPLICATES, NULL);
}

/* A number, true, false or null, up to what comes behind it. */
static json_t *read_scalar(FILE *file)
{
	char text[SCALAR_MAX];
	size_t length = 0;
	int c;

	while ((c = getc(file)) != EOF && (isalnum(c) || strchr("+-.", c)) && length < SCALAR_MAX)
		text[length++] = (char)c;
	ungetc(c, file);
	return length < SCALAR_MAX ? json_loadb(text, length, JSON_DECODE_ANY, NULL) : NULL;
}

static json_t *read_value(FILE *file)
{
	int c = next_sign(file);

	if (c == EOF)
		return NULL;
	ungetc(c, file);
	return c == '"' || c == '[' || c == '{' ? read_closed(file) : read_scalar(file);
}

/* The next entry of the list: 1, 0 behind the last, -EINVAL if there is neither. */
static int read_cell(struct plan_reader *reader, json_t **cell_r)
{
	int c = next_sign(reader->file);

	if (c == ']')
		return 0;
	if (!reader->first && c != ',')
		return -EINVAL;
	if (reader->first)
		ungetc(c, reader->file);
	reader->first = false;
	*cell_r = read_value(reader->file);
	return *cell_r ? 1 : -EINVAL;
}

/* The cells, each looked at and forgotten but for the first. */
static int pass_cells(struct plan_reader *reader, json_t **first_r, struct problem *why)
{
	json_t *cell = NULL;
	size_t count = 0;
	int r;

	if (*first_r || next_sign(reader->file) != '[')
		return -EINVAL;
	reader->cells_at = ftell(reader->file);
	reader->first = true;
	while ((r = read_cell(reader, &cell)) > 0) {
		r = plan_check_cell(cell, count, why);
		if (r == 0)
			r = shape_check_item(cell, DOCUMENT_PLAN, "cells", count, why);
		count++;
		if (!*first_r)
			*first_r = json_incref(cell);
		json_decref(cell);
		if (r < 0)
			break;
	}
	return r == 0 && !*first_r ? -EINVAL : r;
}

/* One key of the plan and what it holds. */
static int read_member(struct plan_reader *reader, json_t **first_r, struct problem *why)
{
	json_t *key = read_value(reader->file), *value = NULL;
	const char *name = json_string_value(key);
	int r = name && next_sign(reader->file) == ':' ? 0 : -EINVAL;

	if (r == 0 && strcmp(name, "cells") == 0) {
		r = pass_cells(reader, first_r, why);
	} else if (r == 0) {
		value = read_value(reader->file);
		if (!value || json_object_get(reader->head, name))
			r = -EINVAL;
		else
			r = json_object_set(reader->head, name, value) < 0 ? -ENOMEM : 0;
	}
	json_decref(value);
	json_decref(key);
	return r;
}

static int read_head(struct plan_reader *reader, json_t **first_r, struct problem *why)
{
	int c = next_sign(reader->file), r = c == '{' ? 0 : -EINVAL;

	while (r == 0 && c != '}') {
		r = read_member(reader, first_r, why);
		c = next_sign(reader->file);
		if (r == 0 && c != ',' && c != '}')
			r = -EINVAL;
	}
	if (r == 0 && next_sign(reader->file) != EOF)
		r = -EINVAL;
	return r;
}

/* The whole of it, once. */
static int read_through(struct plan_reader *reader, struct problem *why)
{
	json_t *first = NULL;
	int r = read_head(reader, &first, why);

	if (r == -EINVAL && !why->text[0])
		problem_set(why, r, "not the JSON of a plan, at byte %ld", ftell(reader->file));
	if (r == 0)
		r = document_check(reader->head, DOCUMENT_PLAN, DOCUMENT_VERSION, why);
	if (r == 0 && first &&
		json_object_set_new(reader->head, "cells", json_pack("[O]", first)) < 0)
		r = -ENOMEM;
	if (r == 0)
		r = plan_check(reader->head, why);
	json_decref(first);
	return r;
}

int plan_reader_rewind(struct plan_reader *reader)
{
	reader->first = true;
	return fseek(reader->file, reader->cells_at, SEEK_SET) < 0 ? -errno : 0;
}

/* NULL with a negative errno in *r_r if it cannot be opened. */
static FILE *open_plan(int dir_fd, int *r_r)
{
	int fd = below_read(dir_fd, "plan.json", FILEIO_MAX, NULL);
	FILE *file;

	if (fd < 0) {
		*r_r = fd;
		return NULL;
	}
	file = fdopen(fd, "r");
	if (!file) {
		*r_r = -errno;
		close(fd);
	}
	return file;
}

int plan_reader_open(int dir_fd, struct plan_reader **reader_r, struct problem *why)
{
	struct plan_reader *reader = calloc(1, sizeof(*reader));
	struct problem inner = { 0 };
	int r = reader ? 0 : -ENOMEM;

	if (reader) {
		reader->head = json_object();
		reader->file = open_plan(dir_fd, &r);
		if (reader->file)
			r = read_through(reader, &inner);
		if (r == 0)
			r = plan_reader_rewind(reader);
	}
	if (r < 0) {
		problem_set(why, r, "plan.json: %s", inner.text[0] ? inner.text : below_error(r));
		plan_reader_close(reader);
		return r;
	}
	*reader_r = reader;
	return 0;
}

const json_t *plan_reader_head(const struct plan_reader *reader)
{
	return reader->head;
}

int plan_reader_next(struct plan_reader *reader, json_t **cell_r)
{
	return read_cell(reader, cell_r);
}

void plan_reader_close(struct plan_reader *reader)
{
	if (!reader)
		return;
	if (reader->file)
		fclose(reader->file);
	json_decref(reader->head);
	free(reader);
}
