#include "harness/report/formats/html.h"

#include <errno.h>
#include <nettle/base64.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/measured_on.h"
#include "harness/report/cell_text.h"
#include "harness/report/html_writer.h"
#include "harness/report/ppm.h"
#include "harness/report/summary.h"
#include "src/document.h"
#include "src/verdict.h"

#define JOURNAL_MAX (64u << 10) /* bytes of a cell's journal */
#define EVENTS_MAX  100         /* lines of it */

struct report {
	const json_t *findings;
	json_t *summary; /* summary_of() */
	const struct record *record;
	size_t screens_left[2];  /* bytes, of cells that are FAIL or worse and of others */
	unsigned int screens[2]; /* how many there are of those */
};

/* What the overview needs of each cell; the rest is parsed when the cell is opened. */
static const char *const index_keys[] = { "index", "name", "words", "verdict", "cause", "layer",
	"ending", NULL };

static bool is_index_key(const char *key)
{
	for (const char *const *name = index_keys; *name; name++) {
		if (strcmp(*name, key) == 0)
			return true;
	}
	return false;
}

/* The labels of the signs in the logs of a cell that passes; NULL if there are none. */
static json_t *signs_of(const json_t *cell)
{
	const json_t *match;
	json_t *labels;
	size_t i;

	if (!render_has_signs(cell))
		return NULL;
	labels = json_array();
	json_array_foreach(json_object_get(cell, "logs"), i, match)
	{
		if (render_tells(cell, match))
			json_array_append(labels, json_object_get(match, "label"));
	}
	return labels;
}

/* The fields of `object` that are of the index, or are not. */
static json_t *part(const json_t *object, bool of_index)
{
	json_t *some = json_object(), *value;
	const char *key;

	json_object_foreach((json_t *)object, key, value)
	{
		if (is_index_key(key) == of_index)
			json_object_set(some, key, value);
	}
	return some;
}

static void write_index(void *data, FILE *stream)
{
	const struct report *report = data;
	json_t *index = json_copy((json_t *)report->findings), *cells = json_array();
	const json_t *cell;
	size_t i;

	json_array_foreach(json_object_get(report->findings, "cells"), i, cell)
	{
		json_t *entry = part(cell, true), *signs = signs_of(cell);
		char *not_compared = render_string(render_not_compared, cell);

		if (signs)
			json_object_set_new(entry, "signs", signs);
		if (not_compared && not_compared[0])
			json_object_set_new(entry, "not_compared", json_string(not_compared));
		free(not_compared);
		json_array_append_new(cells, entry);
	}
	json_object_set_new(index, "cells", cells);
	json_object_set(index, "summary", report->summary);
	if (report->record)
		json_object_set_new(
			index, "files", report->record->files(report->record->data, NULL));
	html_json(stream, index);
	json_decref(index);
}

/* Is it what it should be? A browser is not to be handed anything else that QEMU's process wrote.
 */
static bool is_png(const char *bytes, size_t length)
{
	static const char signature[] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
	const unsigned char *size = (const unsigned char *)bytes + sizeof(signature) - 1;

	/* Width and height, big-endian, at most 16,383. */
	return length > sizeof(signature) + 8 &&
	       memcmp(bytes, signature, sizeof(signature) - 1) == 0 && !size[0] && !size[1] &&
	       size[2] < 0x40 && !size[4] && !size[5] && size[6] < 0x40;
}

static json_t *data_url(const char *bytes, size_t length)
{
	static const char head[] = "data:image/png;base64,";
	size_t at = sizeof(head) - 1;
	char *text = malloc(at + BASE64_ENCODE_RAW_LENGTH(length));
	json_t *url;

	if (!text)
		return NULL;
	memcpy(text, head, at);
	base64_encode_raw(text + at, length, (const uint8_t *)bytes);
	url = json_stringn(text, at + BASE64_ENCODE_RAW_LENGTH(length));
	free(text);
	return url;
}

/* The screenshots of a cell. */
static const struct screen {
	const char *file, *key, *left_out; /* in the cell's folder, and in the page */
	bool by_qemu;                      /* a PPM where QEMU makes no PNG */
} screens[] = {
	{ RENDER_IGD_SCREEN_FILE, "igd_screen", "igd_screen_left_out", false },
	{ RENDER_SCREEN_FILE, "screen", "screen_left_out", true },
};

/* A screenshot as a PNG, whichever form QEMU gave it; as record->read(), and -EINVAL for none. */
static int read_screen(const struct record *record, const char *cell, const struct screen *screen,
	char **bytes_r, size_t *length_r)
{
	char *ppm = NULL;
	size_t length = 0;
	int r = record->read(
		record->data, cell, screen->file, RENDER_SCREEN_MAX, bytes_r, length_r);

	if (r != -ENOENT || !screen->by_qemu)
		return r;
	/* QEMU that was built without libpng takes a PPM. */
	r = record->read(record->data, cell, "screen.ppm", PPM_BYTES_MAX, &ppm, &length);
	if (r == 0)
		r = ppm_to_png(ppm, length, bytes_r, length_r);
	free(ppm);
	return r;
}

/* The screenshot, or why it is not in the page. */
static void add_screen(
	struct report *report, const json_t *cell, const struct screen *screen, json_t *detail)
{
	enum verdict verdict = VERDICT_PASS;
	size_t length = 0, *left;
	unsigned int *count;
	char *bytes = NULL;
	int r;

	verdict_parse(document_text(cell, "verdict"), &verdict);
	left = &report->screens_left[verdict >= VERDICT_FLAKY ? 0 : 1];
	count = &report->screens[verdict >= VERDICT_FLAKY ? 0 : 1];
	if (*count >= RENDER_SCREENS_COUNT)
		return; /* of so many nobody looks at the next, and each costs its time */
	r = read_screen(report->record, render_record(cell), screen, &bytes, &length);
	if (r == -ENOENT)
		return;
	(*count)++;
	if (r < 0 || !is_png(bytes, length)) {
		json_object_set_new(detail, screen->left_out,
			json_string(r == -EFBIG ? "the picture is too large"
						: "the file is not a picture"));
	} else if (length > *left) {
		json_object_set_new(detail, screen->left_out,
			json_string("this page has reached its limit of pictures"));
	} else {
		*left -= length;
		json_object_set_new(detail, screen->key, data_url(bytes, length));
	}
	free(bytes);
}

static void add_events(const struct report *report, const json_t *cell, json_t *detail)
{
	json_t *events, *event;
	char *text = NULL, *line, *rest;
	size_t length = 0;

	if (report->record->read(report->record->data, render_record(cell), "journal.jsonl",
		    JOURNAL_MAX, &text, &length) < 0)
		return;
	events = json_array();
	rest = text;
	while ((line = strsep(&rest, "\n")) && json_array_size(events) < EVENTS_MAX) {
		event = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
		if (json_is_object(event))
			json_array_append(events, event);
		json_decref(event);
	}
	json_object_set_new(detail, "events", events);
	free(text);
}

static void write_cells(void *data, FILE *stream)
{
	struct report *report = data;
	const json_t *cell;
	size_t i;

	json_array_foreach(json_object_get(report->findings, "cells"), i, cell)
	{
		json_t *detail = part(cell, false);

		if (report->record) {
			json_object_set_new(detail, "files",
				report->record->files(report->record->data, render_record(cell)));
			for (size_t j = 0; j < sizeof(screens) / sizeof(screens[0]); j++)
				add_screen(report, cell, &screens[j], detail);
			add_events(report, cell, detail);
		}
		fprintf(stream, "<script type=\"application/json\" id=\"cell-%zu\">", i);
		html_json(stream, detail);
		fputs("</script>\n", stream);
		json_decref(detail);
	}
}

static void write_title(void *data, FILE *stream)
{
	const json_t *findings = ((struct report *)data)->findings;

	html_text(stream, document_text(findings, "verdict"));
	fputs(" \xe2\x80\x93 ", stream);
	html_text(stream, document_text(json_object_get(findings, "matrix"), "name"));
}

/* For browsers without scripts. */
static void write_rows(void *data, FILE *stream)
{
	const json_t *findings = ((struct report *)data)->findings, *cell;
	char *remarks;
	size_t i;

	json_array_foreach(json_object_get(findings, "cells"), i, cell)
	{
		fputs("<tr><td>", stream);
		html_text(stream, document_text(cell, "verdict"));
		fputs("</td><th scope=\"row\">", stream);
		html_text(stream, document_text(cell, "name"));
		fputs("</th><td>", stream);
		html_text(stream, document_text(cell, "cause"));
		remarks = render_string(render_remarks, cell);
		if (remarks && remarks[0]) {
			fputs(document_text(cell, "cause")[0] ? "; " : "", stream);
			html_text(stream, remarks);
		}
		free(remarks);
		fputs("</td></tr>\n", stream);
	}
}

static void write_measured_on(void *data, FILE *stream)
{
	const json_t *summary = ((struct report *)data)->summary, *entry;
	const json_t *measured_on = json_object_get(summary, "measured_on");
	size_t i;

	fputs(measured_on_is_hardware(measured_on) ? "Measured on hardware:"
						   : "<strong>Not hardware.</strong>",
		stream);
	json_array_foreach(json_object_get(measured_on, "why"), i, entry)
	{
		fputs(i > 0 ? "; " : " ", stream);
		html_text(stream, document_text(entry, "text"));
	}
	fputc('.', stream);
}

/* The verdicts, the worst first, and their meanings. */
static void write_verdicts(void *data, FILE *stream)
{
	json_t *verdicts = json_array();

	(void)data;
	for (int v = VERDICT_COUNT - 1; v >= 0; v--)
		json_array_append_new(
			verdicts, json_pack("{s:s, s:s}", "name", verdict_name((enum verdict)v),
					  "meaning", verdict_meaning((enum verdict)v)));
	html_json(stream, verdicts);
	json_decref(verdicts);
}

static const struct html_slot slots[] = {
	{ "title", write_title },
	{ "measured_on", write_measured_on },
	{ "rows", write_rows },
	{ "verdicts", write_verdicts },
	{ "index", write_index },
	{ "cells", write_cells },
	{ NULL, NULL },
};

int render_html(const json_t *findings, const struct render_options *options, FILE *stream)
{
	static const struct html_page page = { &page_report, &page_report_style,
		&page_report_script, slots };
	struct report report = { findings, summary_of(findings), options->record,
		{ RENDER_SCREENS_MAX, RENDER_SCREENS_MAX } };
	int r;

	r = html_page(&page, &report, stream);
	json_decref(report.summary);
	return r;
}
