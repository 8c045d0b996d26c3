#include "harness/base/clock.h"
#include "harness/session/status.h"
#include "src/document.h"

/* Text of somebody else's may have been cut within a character; it is then not known. */
static json_t *text_or_null(const char *text)
{
	json_t *string = text[0] ? json_string(text) : NULL;

	return string ? string : json_null();
}

static json_t *time_or_null(time_t when)
{
	char text[CLOCK_TEXT_MAX] = "";

	if (when > 0)
		clock_text_of(when, text);
	return text_or_null(text);
}

static json_t *writer_of(const struct store_writer *writer)
{
	if (!writer->writes)
		return json_null();
	return json_pack("{s:o, s:o, s:o}", "pid",
		writer->pid > 0 ? json_integer(writer->pid) : json_null(), "user",
		text_or_null(writer->pid > 0 ? writer->user : ""), "since",
		time_or_null(writer->pid > 0 ? writer->since : 0));
}

static json_t *open_cells(const struct session_status *status)
{
	json_t *cells = json_array();

	for (size_t i = 0; i < status->open && i < SESSION_STATUS_OPEN_MAX; i++) {
		const struct session_status_cell *cell = &status->cells[i];
		bool known = cell->state[0];

		json_array_append_new(cells,
			json_pack("{s:I, s:s, s:o, s:o, s:o, s:o}", "index",
				(json_int_t)cell->index, "name", cell->name, "began",
				time_or_null(cell->began), "state", text_or_null(cell->state),
				"state_after_s",
				known ? json_real(cell->state_after_s) : json_null(), "state_max_s",
				known ? json_real(cell->state_max_s) : json_null()));
	}
	return cells;
}

json_t *session_status_document(const struct session_status *status, const char *dir)
{
	json_t *document = document_new(DOCUMENT_STATUS, DOCUMENT_VERSION);
	const char *dut = document_text(json_object_get(status->run, "dut"), "name");
	json_t *more = json_pack("{s:o, s:s, s:o, s:s, s:I, s:I, s:o, s:o, s:I, s:o}", "dir",
		text_or_null(dir), "matrix",
		document_text(json_object_get(status->plan, "matrix"), "name"), "dut",
		text_or_null(dut), "state", session_status_state(status), "cells",
		(json_int_t)status->total, "over", (json_int_t)status->over, "left_s",
		status->left_s >= 0 ? json_real(status->left_s) : json_null(), "writer",
		writer_of(&status->writer), "open", (json_int_t)status->open, "open_cells",
		open_cells(status));

	if (!document || !more || json_object_update(document, more) < 0) {
		json_decref(document);
		document = NULL;
	}
	json_decref(more);
	return document;
}
