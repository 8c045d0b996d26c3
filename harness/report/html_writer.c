#include "harness/report/html_writer.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/escape.h"

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
	escape_text(stream, text);
}

static void write_value(FILE *stream, const void *value)
{
	escape_value(stream, value);
}

void html_text(FILE *stream, const char *text)
{
	put_through(stream, write_text, text);
}

void html_value(FILE *stream, const json_t *value)
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

void html_json(FILE *stream, const json_t *value)
{
	json_dump_callback(
		value, put_json, stream, JSON_ENCODE_ANY | JSON_COMPACT | JSON_ENSURE_ASCII);
}

static void write_part(const struct embedded *part, FILE *stream)
{
	fwrite(part->bytes, 1, part->length, stream);
}

static void write_policy(const struct html_page *page, FILE *stream)
{
	fputs("default-src 'none'; ", stream);
	if (page->script)
		fprintf(stream, "script-src '%s'; img-src data:; ", page->script->hash);
	fprintf(stream, "style-src '%s'; base-uri 'none'; form-action 'none'", page->style->hash);
}

static bool is_name(const char *name, const char *text, size_t length)
{
	return strlen(name) == length && strncmp(name, text, length) == 0;
}

static void write_slot(
	const struct html_page *page, const char *name, size_t length, void *data, FILE *stream)
{
	if (is_name("policy", name, length))
		write_policy(page, stream);
	else if (is_name("style", name, length))
		write_part(page->style, stream);
	else if (is_name("script", name, length) && page->script)
		write_part(page->script, stream);
	for (const struct html_slot *slot = page->slots; slot->name; slot++) {
		if (is_name(slot->name, name, length)) {
			slot->write(data, stream);
			return;
		}
	}
}

int html_page(const struct html_page *page, void *data, FILE *stream)
{
	const char *text = page->template->bytes, *begin, *end;

	while ((begin = strchr(text, '@')) && (end = strchr(begin + 1, '@'))) {
		fwrite(text, 1, (size_t)(begin - text), stream);
		write_slot(page, begin + 1, (size_t)(end - begin - 1), data, stream);
		text = end + 1;
	}
	fputs(text, stream);
	return ferror(stream) ? -EIO : 0;
}
