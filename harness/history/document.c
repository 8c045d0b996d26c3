#include <errno.h>
#include <stdlib.h>

#include "harness/history/history.h"
#include "harness/history/private.h"
#include "harness/history/render.h"
#include "src/document.h"

static json_t *run_json(const struct history *history, const struct history_run *run)
{
	json_t *identities = json_object(), *known = json_string(run->page ? run->page : "");
	const char *page = known && run->page ? run->page : NULL;

	json_decref(known);
	for (int i = 0; i < IDENTITIES; i++) {
		const char *text = history->texts[run->identities[i]];

		if (text[0])
			json_object_set_new(identities, identity_names[i], json_string(text));
	}
	return json_pack("{s:s, s:s*, s:s, s:s, s:o}", "dir", run->dir, "page", page, "started",
		history->texts[run->started], "verdict", verdict_name((enum verdict)run->verdict),
		"identities", identities);
}

static json_t *cell_json(
	const struct history *history, const struct history_group *group, size_t cell)
{
	const uint8_t *verdicts = &group->verdicts[cell * group->count];
	char *word = malloc(group->count + 1);
	json_t *ms = json_array(), *json;

	for (size_t i = 0; i < group->count && word; i++) {
		word[i] = HISTORY_LETTERS[verdicts[i]];
		json_array_append_new(ms, json_integer(group->ms[cell * group->count + i]));
	}
	json = json_pack("{s:s, s:s%, s:o, s:I}", "name", history->texts[group->cells[cell]],
		"verdicts", word ? word : "", word ? group->count : 0, "ms", ms, "median_ms",
		(json_int_t)history_median(group, cell));
	free(word);
	return json;
}

static json_t *group_json(const struct history *history, const struct history_group *group)
{
	const struct history_run *first = &history->runs[group->runs[0]];
	json_t *runs = json_array(), *cells = json_array();

	for (size_t i = 0; i < group->count; i++)
		json_array_append_new(runs, json_integer((json_int_t)group->runs[i]));
	for (size_t c = 0; c < group->cell_count; c++)
		json_array_append_new(cells, cell_json(history, group, c));
	return json_pack("{s:s, s:s, s:s, s:s, s:o, s:o}", "host", history->texts[first->host],
		"matrix", history->texts[first->matrix], "backend", history->texts[first->backend],
		"not_hardware", history->texts[first->place], "runs", runs, "cells", cells);
}

int history_document(const struct history *history, json_t **document_r)
{
	json_t *document = document_new(DOCUMENT_HISTORY, DOCUMENT_VERSION), *runs = json_array();
	json_t *all = json_array(), *notable = NULL;
	struct history_group *groups = NULL;
	size_t count = 0;
	int r = history_groups(history, &groups, &count);

	for (size_t i = 0; i < history->count && r == 0; i++)
		json_array_append_new(runs, run_json(history, &history->runs[i]));
	for (size_t i = 0; i < count && r == 0; i++)
		json_array_append_new(all, group_json(history, &groups[i]));
	if (r == 0)
		notable = history_notable(history, groups, count);
	if (r == 0 && (!notable || !document))
		r = -ENOMEM;
	json_object_set(document, "runs", runs);
	json_object_set(document, "groups", all);
	json_object_set_new(document, "notable", notable);
	if (r == 0)
		*document_r = json_incref(document);
	history_groups_free(groups, count);
	json_decref(document);
	json_decref(runs);
	json_decref(all);
	return r;
}

int history_read(const struct history_request *request, json_t **history_r, struct problem *why)
{
	struct history history = { 0 };
	int r = history_load(request, &history, why);

	if (r == 0)
		r = history_document(&history, history_r);
	if (r == -ENOMEM)
		problem_set(why, r, "out of memory");
	history_free(&history);
	return r;
}
