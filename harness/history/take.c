/* Runs in memory: an extract, made now or kept in a cache of whoever's, as numbers. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/history/private.h"
#include "src/document.h"

int history_text(struct history *history, const char *text, text_id *id_r)
{
	json_t *known;

	if (!history->ids)
		history->ids = json_object();
	known = json_object_get(history->ids, text);
	if (known) {
		*id_r = (text_id)json_integer_value(known);
		return 0;
	}
	if (history->text_count == history->text_room) {
		size_t room = history->text_room ? 2 * history->text_room : 256;
		char **texts = reallocarray(history->texts, room, sizeof(*texts));

		if (!texts)
			return -ENOMEM;
		history->texts = texts;
		history->text_room = room;
	}
	*id_r = (text_id)history->text_count;
	if (json_object_set_new(history->ids, text, json_integer(*id_r)) < 0)
		return -ENOMEM;
	history->texts[history->text_count] = history_cut(text);
	return history->texts[history->text_count++] ? 0 : -ENOMEM;
}

void history_run_free(struct history_run *run)
{
	free(run->dir);
	free(run->page);
	free(run->cells);
	json_decref(run->gone);
	json_decref(run->left);
}

void history_free(struct history *history)
{
	for (size_t i = 0; i < history->count; i++)
		history_run_free(&history->runs[i]);
	for (size_t i = 0; i < history->text_count; i++)
		free(history->texts[i]);
	free(history->runs);
	free(history->texts);
	json_decref(history->ids);
	*history = (struct history){ 0 };
}

/* An entry [NAME, VERDICT, MS]. */
static int take_cell(struct history *history, const json_t *entry, struct history_cell *cell)
{
	const char *name = json_string_value(json_array_get(entry, 0));
	const char *word = json_string_value(json_array_get(entry, 1));
	json_int_t ms = json_integer_value(json_array_get(entry, 2));
	enum verdict verdict;

	if (!name || !name[0] || strlen(name) >= HISTORY_TEXT_MAX || !word ||
		verdict_parse(word, &verdict) < 0 || ms < 0 || ms > UINT32_MAX)
		return -EINVAL;
	cell->verdict = (uint8_t)verdict;
	cell->ms = (uint32_t)ms;
	return history_text(history, name, &cell->name);
}

static int take_cells(struct history *history, const json_t *cells, struct history_run *run)
{
	const json_t *entry;
	size_t i;
	int r = 0;

	if (!json_is_array(cells) || json_array_size(cells) > HISTORY_CELLS_MAX)
		return -EINVAL;
	run->cells = calloc(json_array_size(cells) + 1, sizeof(*run->cells));
	if (!run->cells)
		return -ENOMEM;
	json_array_foreach(cells, i, entry)
	{
		r = take_cell(history, entry, &run->cells[i]);
		if (r < 0)
			return r;
		run->cell_count++;
	}
	return 0;
}

/* {TEXT: [TEXT]} or {TEXT: TEXT}, NULL if it is empty. */
static int take_notes(const json_t *notes, bool lists, json_t **notes_r)
{
	const char *key;
	json_t *value, *item;
	size_t i;

	if (!json_is_object(notes))
		return -EINVAL;
	json_object_foreach((json_t *)notes, key, value)
	{
		if (lists ? !json_is_array(value) : !json_is_string(value))
			return -EINVAL;
		json_array_foreach(value, i, item)
		{
			if (!json_is_string(item))
				return -EINVAL;
		}
	}
	*notes_r = json_object_size(notes) > 0 ? json_incref((json_t *)notes) : NULL;
	return 0;
}

static int take_texts(struct history *history, const json_t *extract, struct history_run *run)
{
	const struct {
		const char *key;
		text_id *id;
	} texts[] = { { "started", &run->started }, { "host", &run->host },
		{ "matrix", &run->matrix }, { "backend", &run->backend }, { "place", &run->place },
		{ "run", &run->run } };
	const json_t *identities = json_object_get(extract, "identities");
	int r = 0;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]) && r == 0; i++)
		r = json_is_string(json_object_get(extract, texts[i].key))
			    ? history_text(
				      history, document_text(extract, texts[i].key), texts[i].id)
			    : -EINVAL;
	for (size_t i = 0; i < IDENTITIES && r == 0; i++)
		r = history_text(
			history, document_text(identities, identity_names[i]), &run->identities[i]);
	return r;
}

static int make_room(struct history *history)
{
	size_t room = history->room ? 2 * history->room : 64;
	struct history_run *runs;

	if (history->count < history->room)
		return 0;
	runs = reallocarray(history->runs, room, sizeof(*runs));
	if (!runs)
		return -ENOMEM;
	history->runs = runs;
	history->room = room;
	return 0;
}

int history_take(struct history *history, const char *dir, const json_t *extract)
{
	struct history_run run = { .dir = NULL };
	enum verdict verdict;
	int r = document_check(extract, HISTORY_EXTRACT, 1, NULL);

	if (r == 0 && verdict_parse(document_text(extract, "verdict"), &verdict) < 0)
		r = -EINVAL;
	if (r == 0) {
		run.verdict = (uint8_t)verdict;
		run.dir = strdup(dir);
		if (run.dir)
			history_plain(run.dir);
		r = run.dir ? take_texts(history, extract, &run) : -ENOMEM;
	}
	if (r == 0)
		r = take_cells(history, json_object_get(extract, "cells"), &run);
	if (r == 0)
		r = take_notes(json_object_get(extract, "gone"), true, &run.gone);
	if (r == 0)
		r = take_notes(json_object_get(extract, "left"), false, &run.left);
	if (r == 0)
		r = make_room(history);
	if (r < 0)
		history_run_free(&run);
	else
		history->runs[history->count++] = run;
	return r == -ENOMEM ? r : r < 0 ? -EINVAL : 0;
}

/* Is the run the bundle of one that is known, as `is_known` has it? */
static bool is_copy(const struct history_run *run, bool *is_known)
{
	bool known = is_known[run->run];

	is_known[run->run] = true;
	return run->is_bundle && known;
}

int history_leave_out_copies(struct history *history)
{
	bool *is_known = calloc(history->text_count + 1, sizeof(*is_known));
	size_t count = 0;

	if (!is_known)
		return -ENOMEM;
	for (size_t i = 0; i < history->count; i++)
		is_known[history->runs[i].run] |= !history->runs[i].is_bundle;
	for (size_t i = 0; i < history->count; i++) {
		if (is_copy(&history->runs[i], is_known))
			history_run_free(&history->runs[i]);
		else
			history->runs[count++] = history->runs[i];
	}
	history->count = count;
	free(is_known);
	return 0;
}
