#include "harness/plan/plan_reader.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "harness/base/below/below.h"
#include "harness/base/fileio.h"
#include "harness/base/shape/shape.h"
#include "harness/plan/plan.h"
#include "src/document.h"

#define SCALAR_MAX   64          /* bytes of a number, true, false or null */
#define WINDOW_BYTES (64u << 10) /* that are read at a time: many cells, of some 2 kB */

/* The file: what is known of it, and where it is read. */
struct window {
	int fd;
	off_t offset;      /* of the bytes */
	size_t at, length; /* in the bytes */
	char bytes[WINDOW_BYTES];
};

struct plan_reader {
	struct window window;
	json_t *head;
	off_t cells_at; /* where "cells" begins, behind the [ */
	bool first;     /* no cell has been read since */
};

static off_t tell(const struct window *window)
{
	return window->offset + (off_t)window->at;
}

static void seek(struct window *window, off_t offset)
{
	window->offset = offset;
	window->at = window->length = 0;
}

/* Has the window begin where the file is read, and end as far behind that as it can. */
static void fill(struct window *window)
{
	ssize_t n = 1;

	seek(window, tell(window));
	while (window->length < WINDOW_BYTES && n > 0) {
		n = pread(window->fd, window->bytes + window->length, WINDOW_BYTES - window->length,
			window->offset + (off_t)window->length);
		if (n > 0)
			window->length += (size_t)n;
		else if (n < 0 && errno == EINTR)
			n = 1;
	}
}

/* The next byte; EOF at the end. */
static int next_byte(struct window *window)
{
	if (window->at == window->length)
		fill(window);
	return window->at < window->length ? (unsigned char)window->bytes[window->at++] : EOF;
}

/* The next byte that is no blank; EOF at the end. */
static int next_sign(struct window *window)
{
	int c;

	do
		c = next_byte(window);
	while (c == ' ' || c == '\t' || c == '\n' || c == '\r');
	return c;
}

/* The byte that was read last is the next again. EOF is none. */
static void put_back(struct window *window, int c)
{
	if (c != EOF)
		window->at--;
}

/* For jansson: not one byte more than it asks for. */
static size_t give_byte(void *bytes, size_t size, void *data)
{
	int c = next_byte(data);

	if (c == EOF)
		return 0;
	*(char *)bytes = (char)c;
	return 1;
}

#define LOAD_FLAGS (JSON_DECODE_ANY | JSON_DISABLE_EOF_CHECK | JSON_REJECT_DUPLICATES)

/* What begins where the file is read, if all of it is in the window; else NULL, and nothing is
 * read. */
static json_t *load_known(struct window *window)
{
	json_error_t error;
	json_t *value = json_loadb(
		window->bytes + window->at, window->length - window->at, LOAD_FLAGS, &error);

	/* Of a value that is read, jansson's "position" is its bytes. */
	if (value)
		window->at += (size_t)error.position;
	return value;
}

/*
 * A text, list or object from where the file stands, and not one byte more: of these the last byte
 * is their own. NULL if it is none, with the file behind the first byte that cannot be of it.
 */
static json_t *read_closed(struct window *window)
{
	json_t *value = load_known(window);

	if (!value && window->at > 0) {
		fill(window);
		value = load_known(window);
	}
	return value ? value : json_load_callback(give_byte, window, LOAD_FLAGS, NULL);
}

/* A number, true, false or null, up to what comes behind it. */
static json_t *read_scalar(struct window *window)
{
	char text[SCALAR_MAX];
	size_t length = 0;
	int c;

	while ((c = next_byte(window)) != EOF && (isalnum(c) || strchr("+-.", c)) &&
		length < SCALAR_MAX)
		text[length++] = (char)c;
	put_back(window, c);
	return length < SCALAR_MAX ? json_loadb(text, length, JSON_DECODE_ANY, NULL) : NULL;
}

static json_t *read_value(struct window *window)
{
	int c = next_sign(window);

	if (c == EOF)
		return NULL;
	put_back(window, c);
	return c == '"' || c == '[' || c == '{' ? read_closed(window) : read_scalar(window);
}

/* The next entry of the list: 1, 0 behind the last, -EINVAL if there is neither. */
static int read_cell(struct plan_reader *reader, json_t **cell_r)
{
	int c = next_sign(&reader->window);

	if (c == ']')
		return 0;
	if (!reader->first && c != ',')
		return -EINVAL;
	if (reader->first)
		put_back(&reader->window, c);
	reader->first = false;
	*cell_r = read_value(&reader->window);
	return *cell_r ? 1 : -EINVAL;
}

/* The cells, each looked at and forgotten but for the first. */
static int pass_cells(struct plan_reader *reader, json_t **first_r, struct problem *why)
{
	json_t *cell = NULL;
	size_t count = 0;
	int r;

	if (*first_r || next_sign(&reader->window) != '[')
		return -EINVAL;
	reader->cells_at = tell(&reader->window);
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
	json_t *key = read_value(&reader->window), *value = NULL;
	const char *name = json_string_value(key);
	int r = name && next_sign(&reader->window) == ':' ? 0 : -EINVAL;

	if (r == 0 && strcmp(name, "cells") == 0) {
		r = pass_cells(reader, first_r, why);
	} else if (r == 0) {
		value = read_value(&reader->window);
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
	int c = next_sign(&reader->window), r = c == '{' ? 0 : -EINVAL;

	while (r == 0 && c != '}') {
		r = read_member(reader, first_r, why);
		c = next_sign(&reader->window);
		if (r == 0 && c != ',' && c != '}')
			r = -EINVAL;
	}
	if (r == 0 && next_sign(&reader->window) != EOF)
		r = -EINVAL;
	return r;
}

/* The whole of it, once. */
static int read_through(struct plan_reader *reader, struct problem *why)
{
	json_t *first = NULL;
	int r = read_head(reader, &first, why);

	if (r == -EINVAL && !why->text[0])
		problem_set(why, r, "not the JSON of a plan, at byte %lld",
			(long long)tell(&reader->window));
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

int plan_reader_open(int dir_fd, struct plan_reader **reader_r, struct problem *why)
{
	struct plan_reader *reader = calloc(1, sizeof(*reader));
	struct problem inner = { 0 };
	int r = reader ? 0 : -ENOMEM;

	if (reader) {
		reader->head = json_object();
		reader->window.fd = r = below_read(dir_fd, "plan.json", FILEIO_MAX, NULL);
		if (r >= 0)
			r = read_through(reader, &inner);
	}
	if (r < 0) {
		problem_set(why, r, "plan.json: %s", inner.text[0] ? inner.text : below_error(r));
		plan_reader_close(reader);
		return r;
	}
	plan_reader_rewind(reader);
	*reader_r = reader;
	return 0;
}

void plan_reader_rewind(struct plan_reader *reader)
{
	reader->first = true;
	seek(&reader->window, reader->cells_at);
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
	if (reader->window.fd >= 0)
		close(reader->window.fd);
	json_decref(reader->head);
	free(reader);
}
