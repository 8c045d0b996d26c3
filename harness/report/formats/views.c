#include "harness/report/formats/views.h"

#include <errno.h>
#include <string.h>

#include "harness/base/escape.h"
#include "harness/base/measured_on.h"
#include "harness/report/cell_text.h"
#include "harness/views/views.h"
#include "src/document.h"

#define COLUMN_MAX 48 /* bytes of what a layer says; what is behind is cut */
#define DEVICE_MAX 13

/* What is shown of what a layer says, in this order. */
static const char *const shown[] = { "kind", "model", "type", "ids", "preferred", "mode", "asls",
	"signature" };

static void add_word(char text[static COLUMN_MAX], const char *word)
{
	size_t used = strlen(text);

	if (word[0])
		snprintf(text + used, COLUMN_MAX - used, "%s%s", used > 0 ? " " : "", word);
}

/* "" if it says nothing, "-" if it is not there, else what it says of it, in brief. */
static void column_text(const json_t *device, int layer, char text[static COLUMN_MAX])
{
	static const char domain[] = "0000:";
	const json_t *value = json_object_get(device, view_names[layer].name);
	const char *address = document_text(value, "address");
	const char *first_difference = document_text(device, "parts_at");

	text[0] = '\0';
	if (!value)
		return;
	if (strncmp(address, domain, strlen(domain)) == 0)
		address += strlen(domain);
	if (json_object_get(value, "learned"))
		snprintf(text, COLUMN_MAX, "(%s)", address);
	else
		add_word(text, address);
	for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++)
		add_word(text, document_text(value, shown[i]));
	if (!text[0])
		add_word(text, json_is_null(value) ? "-" : "yes");
	if (strcmp(first_difference, view_names[layer].name) == 0)
		add_word(text, "!");
}

static bool is_shown(const json_t *device)
{
	return strcmp(document_text(device, "device"), "function") != 0 ||
	       document_text(device, "parts_at")[0];
}

/* How wide each layer's column must be; 0 if no row that is shown has anything in it. */
static void measure(const json_t *devices, int widths[VIEW_LAYERS])
{
	const json_t *device;
	size_t i;

	json_array_foreach(devices, i, device)
	{
		for (int layer = 0; layer < VIEW_LAYERS && is_shown(device); layer++) {
			char text[COLUMN_MAX];
			int name = (int)strlen(view_names[layer].name), length;

			column_text(device, layer, text);
			length = (int)strlen(text);
			if (length > 0 && widths[layer] < name)
				widths[layer] = name;
			if (widths[layer] < length)
				widths[layer] = length;
		}
	}
}

/* A row: a name, then of each column that is used its text. */
static void print_row(const char *name, char texts[VIEW_LAYERS][COLUMN_MAX],
	const int widths[VIEW_LAYERS], FILE *stream)
{
	int room = DEVICE_MAX - (int)strlen(name); /* blanks that are due if anything follows */

	fputs("  ", stream);
	escape_text(stream, name);
	for (int layer = 0; layer < VIEW_LAYERS; layer++) {
		if (widths[layer] == 0)
			continue;
		room += 2;
		if (texts[layer][0]) {
			fprintf(stream, "%*s", room > 0 ? room : 0, "");
			escape_text(stream, texts[layer]);
			room = 0;
		}
		room += widths[layer] - (int)strlen(texts[layer]);
	}
	fputc('\n', stream);
}

static void print_head(const int widths[VIEW_LAYERS], FILE *stream)
{
	char texts[VIEW_LAYERS][COLUMN_MAX] = { "" };

	for (int layer = 0; layer < VIEW_LAYERS; layer++)
		add_word(texts[layer], view_names[layer].name);
	print_row("", texts, widths, stream);
}

static void print_device(const json_t *device, const int widths[VIEW_LAYERS], FILE *stream)
{
	char texts[VIEW_LAYERS][COLUMN_MAX];

	for (int layer = 0; layer < VIEW_LAYERS; layer++)
		column_text(device, layer, texts[layer]);
	print_row(document_text(device, "device"), texts, widths, stream);
	if (!document_text(device, "why")[0])
		return;
	fputs("      ", stream);
	escape_text(stream, document_text(device, "what"));
	fputs(" differs at ", stream);
	escape_text(stream, document_text(device, "parts_at"));
	fputs(": ", stream);
	escape_text(stream, document_text(device, "why"));
	fputc('\n', stream);
}

static void print_views(const json_t *cell, const json_t *views, FILE *stream)
{
	const json_t *devices = json_object_get(views, "devices"), *device;
	const char *first_difference = document_text(views, "parts_at");
	int widths[VIEW_LAYERS] = { 0 };
	size_t i, hidden = 0;

	escape_text(stream, document_text(cell, "name"));
	fputs(first_difference[0] ? ": the views differ at " : ": the views agree", stream);
	escape_text(stream, first_difference);
	fputc('\n', stream);
	measure(devices, widths);
	print_head(widths, stream);
	json_array_foreach(devices, i, device)
	{
		if (is_shown(device))
			print_device(device, widths, stream);
		else
			hidden++;
	}
	if (hidden > 0)
		fprintf(stream, "  and %zu other function%s, without a difference\n", hidden,
			hidden > 1 ? "s" : "");
	if (render_has_remarks(cell)) {
		fputs("  ", stream);
		render_remarks(cell, stream);
		fputc('\n', stream);
	}
}

int render_views(const json_t *findings, const struct render_options *options, FILE *stream)
{
	const json_t *cell, *views;
	json_t *measured_on = measured_on_of(findings);
	size_t i;

	measured_on_write_lines(measured_on, stream);
	json_decref(measured_on);
	json_array_foreach(json_object_get(findings, "cells"), i, cell)
	{
		views = json_object_get(cell, "views");
		if (json_array_size(json_object_get(views, "layers")) > 0)
			print_views(cell, views, stream);
	}
	return ferror(stream) ? -EIO : 0;
}
