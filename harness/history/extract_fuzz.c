/*
 * Any documents as runs: a JSON array of extracts, as a cache may have them, and of pairs
 * [run.json, findings.json], as run directories and bundles do. Whatever is taken can be shown, as
 * text that moves no cursor.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/history/history.h"
#include "harness/history/private.h"

#define RUNS_MAX 16

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void take(struct history *history, const json_t *item)
{
	json_t *extract = json_is_array(item) ? history_extract_documents(json_array_get(item, 0),
							json_array_get(item, 1))
					      : json_incref((json_t *)item);
	size_t before = history->count;
	int r = history_take(history, "dir", extract);

	if (json_is_array(item) && !extract)
		abort();
	if (history->count != before + (r == 0))
		abort();
	/* Every third is a bundle. */
	if (r == 0)
		history->runs[before].is_bundle = before % 3 == 2;
	json_decref(extract);
}

static void show(const json_t *document)
{
	char *text = NULL;
	size_t length = 0;
	FILE *stream = open_memstream(&text, &length);

	if (!stream || history_render_text(document, stream) < 0 || fclose(stream) != 0)
		abort();
	for (size_t i = 0; i < length; i++) {
		if ((text[i] < ' ' || text[i] > '~') && text[i] != '\n')
			abort();
	}
	free(text);
	stream = open_memstream(&text, &length);
	if (!stream || history_render_html(document, stream) < 0 || fclose(stream) != 0)
		abort();
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_t *items = json_loadb((const char *)data, size, JSON_REJECT_DUPLICATES, NULL);
	struct history history = { 0 };
	json_t *document = NULL;

	for (size_t i = 0; i < json_array_size(items) && i < RUNS_MAX; i++)
		take(&history, json_array_get(items, i));
	if (history_leave_out_copies(&history) < 0)
		abort();
	if (history.count > 0) {
		if (history_document(&history, &document) < 0)
			abort();
		show(document);
	}
	json_decref(document);
	history_free(&history);
	json_decref(items);
	return 0;
}
