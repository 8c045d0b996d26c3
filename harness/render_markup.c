#include "harness/render_markup.h"

#include <stdlib.h>
#include <string.h>

#include "harness/render.h"

static void put(FILE *stream, const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '<':
			fputs("&lt;", stream);
			break;
		case '>':
			fputs("&gt;", stream);
			break;
		case '&':
			fputs("&amp;", stream);
			break;
		case '"':
			fputs("&quot;", stream);
			break;
		case '\'':
			fputs("&#39;", stream);
			break;
		default:
			fputc(*text, stream);
		}
	}
}

/* What `write` prints, with references. */
static void put_through(
	FILE *stream, void (*write)(FILE *stream, const void *what), const void *what)
{
	char *text = NULL;
	size_t length = 0;
	FILE *memory = open_memstream(&text, &length);

	if (!memory)
		return;
	write(memory, what);
	if (fclose(memory) == 0)
		put(stream, text);
	free(text);
}

static void write_text(FILE *stream, const void *text)
{
	render_text(stream, text);
}

static void write_value(FILE *stream, const void *value)
{
	render_value(stream, value);
}

void markup_text(FILE *stream, const char *text)
{
	put_through(stream, write_text, text);
}

void markup_value(FILE *stream, const json_t *value)
{
	put_through(stream, write_value, value);
}

static int put_json(const char *text, size_t length, void *data)
{
	for (size_t i = 0; i < length; i++) {
		if (strchr("<>&", text[i]))
			fprintf(data, "\\u%04x", (unsigned)text[i]);
		else
			fputc(text[i], data);
	}
	return ferror((FILE *)data) ? -1 : 0;
}

void markup_json(FILE *stream, const json_t *value)
{
	json_dump_callback(
		value, put_json, stream, JSON_ENCODE_ANY | JSON_COMPACT | JSON_ENSURE_ASCII);
}

static void write_slot(
	const char *name, size_t length, const struct markup_slot *slots, void *data, FILE *stream)
{
	for (; slots->name; slots++) {
		if (strlen(slots->name) == length && strncmp(slots->name, name, length) == 0) {
			slots->write(data, stream);
			return;
		}
	}
}

void markup_template(
	const struct page_part *template, const struct markup_slot *slots, void *data, FILE *stream)
{
	const char *text = template->bytes, *begin, *end;

	while ((begin = strchr(text, '@')) && (end = strchr(begin + 1, '@'))) {
		fwrite(text, 1, (size_t)(begin - text), stream);
		write_slot(begin + 1, (size_t)(end - begin - 1), slots, data, stream);
		text = end + 1;
	}
	fputs(text, stream);
}
