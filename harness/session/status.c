#include "harness/session/status.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/below/below.h"
#include "harness/base/clock.h"
#include "harness/base/fileio.h"
#include "harness/plan/shard.h"
#include "harness/store/run_dir.h"
#include "src/document.h"

#define JOURNAL_MAX (1u << 20) /* bytes that are read of a journal; a cell writes some hundred */

static double seconds_of(const json_t *object, const char *key)
{
	return (double)json_integer_value(json_object_get(object, key)) / 1000;
}

/* Takes the last state of the journal. A run that writes it may have written half of a line. */
static void read_state(int dir_fd, struct session_status_cell *cell)
{
	char *text = NULL, *rest, *line;
	size_t length = 0;
	bool more;

	if (fileio_read_head(dir_fd, "journal.jsonl", JOURNAL_MAX, &text, &length, &more, NULL) < 0)
		return;
	rest = text;
	while ((line = strsep(&rest, "\n"))) {
		json_t *entry = json_loads(line, JSON_REJECT_DUPLICATES, NULL);

		if (strcmp(document_text(entry, "what"), "state") == 0) {
			snprintf(cell->state, sizeof(cell->state), "%s",
				document_text(entry, "state"));
			cell->state_after_s = seconds_of(entry, "ms");
			cell->state_max_s = seconds_of(entry, "limit_ms");
		}
		json_decref(entry);
	}
	free(text);
}

static void read_open(int dir_fd, struct session_status_cell *cell)
{
	json_t *began = NULL;

	if (fileio_read_json(dir_fd, "began.json", DOCUMENT_BEGAN, &began, NULL) == 0 &&
		clock_parse(document_text(began, "at"), &cell->began) < 0)
		cell->began = 0;
	json_decref(began);
	read_state(dir_fd, cell);
}

static void read_cell(const struct store *store, size_t index, const char *name,
	struct session_status *status, struct estimate *estimate)
{
	int fd = store_cell(store, index, name, false, NULL);

	if (fd < 0)
		return;
	if (below_exists(fd, "end.json")) {
		status->over++;
	} else {
		if (status->open < SESSION_STATUS_OPEN_MAX) {
			struct session_status_cell *cell = &status->cells[status->open];

			*cell = (struct session_status_cell){ .index = index, .name = name };
			read_open(fd, cell);
		}
		status->open++;
		estimate_cell(estimate, name);
	}
	close(fd);
}

/* The seconds for which the cells that are listed run, together. */
static double spent(const struct session_status *status)
{
	time_t now = time(NULL);
	double seconds = 0;

	for (size_t i = 0; i < status->open && i < SESSION_STATUS_OPEN_MAX; i++)
		if (status->cells[i].began > 0 && now > status->cells[i].began)
			seconds += (double)(now - status->cells[i].began);
	return seconds;
}

int session_status_read(const char *dir, struct session_status *status_r, struct problem *why)
{
	struct session_status status = { 0 };
	struct store store = STORE_NONE;
	struct estimate estimate;
	const json_t *cell;
	size_t i;
	int r;

	/* Before its cells: a run that ends meanwhile is then one that is over. */
	store_writer_find(dir, &status.writer);
	r = store_open(dir, false, &store, &status.run, &status.plan, why);
	if (r < 0)
		return r;
	estimate_begin(&estimate, dir, &store, status.plan);
	json_array_foreach(json_object_get(status.plan, "cells"), i, cell)
	{
		if (shard_is_elsewhere(status.plan, cell))
			continue;
		status.total++;
		read_cell(&store, i, document_text(cell, "name"), &status, &estimate);
	}
	status.left_s = status.over < status.total ? estimate_left(&estimate, spent(&status)) : 0;
	if (status.over < status.total)
		estimate_text(&estimate, spent(&status), status.left);
	estimate_free(&estimate);
	store_close(&store);
	*status_r = status;
	return 0;
}

const char *session_status_state(const struct session_status *status)
{
	if (status->writer.writes)
		return "running";
	return status->over < status->total ? "stopped" : "complete";
}

void session_status_free(struct session_status *status)
{
	json_decref(status->run);
	json_decref(status->plan);
	*status = (struct session_status){ 0 };
}
