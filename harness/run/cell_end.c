/* The states of a cell are entered here, and its end is decided and written: end.json. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "harness/base/clock.h"
#include "harness/base/fileio.h"
#include "harness/run/cell_private.h"
#include "src/document.h"

/* The most memory this process has had resident: shows that no guest can make it grow. */
static json_int_t peak_rss_kib(void)
{
	struct rusage usage;

	return getrusage(RUSAGE_SELF, &usage) == 0 ? usage.ru_maxrss : 0;
}

static json_t *describe_transition(const struct cell *cell)
{
	json_t *console = cell->parts.second ? console_describe(cell->console) : json_null();

	return json_pack("{s:o*, s:o*, s:I, s:[I, I], s:o}", "again",
		cell->again ? json_true() : NULL, "hotplug", cell->hotplug ? json_true() : NULL,
		"saved_bytes", (json_int_t)cell->saved_bytes, "asked_ms", cell->asked_ms[0],
		cell->asked_ms[1], "console", console);
}

static json_t *end_document(const struct cell *cell)
{
	json_t *end = document_new(DOCUMENT_END, DOCUMENT_VERSION);

	json_object_set_new(end, "cell", json_string(cell->name));
	json_object_set_new(end, "ending", json_string(ending_entry(cell->ending)->name));
	json_object_set_new(end, "state", json_string(cell_state_name(cell->ended_in)));
	json_object_set_new(end, "detail", json_string(cell->detail));
	json_object_set(end, "times_ms", cell->times);
	json_object_set_new(end, "console",
		cell->first_console ? json_incref(cell->first_console)
				    : console_describe(cell->console));
	if (cell->other_side)
		json_object_set_new(end, "transition", describe_transition(cell));
	json_object_set_new(end, "stalled_ms", json_integer((json_int_t)(cell->stalled_us / 1000)));
	json_object_set_new(end, "peak_rss_kib", json_integer(peak_rss_kib()));
	json_object_set(end, "leftovers", cell->leftovers);
	if (cell->concurrent)
		json_object_set(end, "concurrent", cell->concurrent);
	return end;
}

/* A cell of which not all could be written down is not what its guest made of it. */
static void admit_unwritten(struct cell *cell)
{
	if (cell->journal.error < 0)
		problem_set(&cell->unwritten, cell->journal.error,
			"cannot write journal.jsonl in the run directory: %s",
			strerror(-cell->journal.error));
	if (!cell->unwritten.text[0])
		return;
	cell->ending = ENDING_NOT_RECORDED;
	snprintf(cell->detail, sizeof(cell->detail), "%s", cell->unwritten.text);
}

static void finish(struct cell *cell)
{
	json_t *end;

	limits_close(cell);
	sd_event_source_disable_unref(cell->grace);
	cell->grace = NULL;
	/* end.json last: where it is, all else is. */
	journal_note(&cell->journal, json_pack("{s:s, s:s}", "what", "over", "ending",
					     ending_entry(cell->ending)->name));
	admit_unwritten(cell);
	end = end_document(cell);
	if (fileio_write_json(cell->dir_fd, "end.json", end, &cell->unwritten) < 0) {
		admit_unwritten(cell);
		json_decref(end);
		end = end_document(cell);
	}
	cell->watcher.over(cell->watcher.data, end);
	json_decref(end);
}

void cell_enter(struct cell *cell, enum cell_state state)
{
	const char *left = cell_state_name(cell->state);
	uint64_t now = clock_us();
	json_int_t before = json_integer_value(json_object_get(cell->times, left));

	/* How long somebody looked at a guest says nothing about it. */
	if (cell->entered_us && cell->state != CELL_KEPT)
		json_object_set_new(cell->times, left,
			json_integer(before + (json_int_t)((now - cell->entered_us) / 1000)));
	cell->state = state;
	cell->entered_us = now;
	if (state == CELL_OVER) {
		finish(cell);
		return;
	}
	journal_note(&cell->journal,
		json_pack("{s:s, s:s, s:I}", "what", "state", "state", cell_state_name(state),
			"limit_ms", (json_int_t)limits_of(cell, state)));
	limits_enter(cell);
	cell->watcher.entered(cell->watcher.data, state, limits_of(cell, state));
}

static void decide(struct cell *cell, enum ending ending, const char *fmt, va_list ap)
	__attribute__((format(printf, 3, 0)));

static void decide(struct cell *cell, enum ending ending, const char *fmt, va_list ap)
{
	size_t used = 0;

	cell->decided = true;
	cell->ending = ending;
	cell->ended_in = cell->state;
	if (cell->again && cell->parts.second && ending != ENDING_DONE)
		used = (size_t)snprintf(cell->detail, sizeof(cell->detail), "started again: ");
	vsnprintf(cell->detail + used, sizeof(cell->detail) - used, fmt, ap);
	journal_note(&cell->journal, json_pack("{s:s, s:s, s:s*}", "what", "ending", "ending",
					     ending_entry(ending)->name, "detail", cell->detail));
}

void cell_log_unwritten(struct cell *cell, int error)
{
	problem_set(&cell->unwritten, -error, "cannot write console.log in the run directory: %s",
		strerror(error));
}

void cell_console_close(struct cell *cell)
{
	int r = console_close(cell->console);

	if (r < 0)
		cell_log_unwritten(cell, -r);
}

void cell_end(struct cell *cell, enum ending ending, const char *fmt, ...)
{
	va_list ap;

	if (cell->state >= CELL_CLEAN_UP)
		return;
	va_start(ap, fmt);
	if (!cell->decided)
		decide(cell, ending, fmt, ap);
	va_end(ap);
	if (cell_keep_guest(cell))
		return;
	cell_console_close(cell);
	cell_enter(cell, CELL_CLEAN_UP);
	cell->backend->destroy(cell->guest);
}

/* Ends a cell that has no guest, from the loop so that over() never comes out of cell_begin(). */
static int on_nothing_begun(sd_event_source *source, void *data)
{
	struct cell *cell = data;

	sd_event_source_disable_unref(cell->no_guest);
	cell->no_guest = NULL;
	/* start() may have failed after the host was made ready. */
	if (cell->watcher.inspect)
		cell->watcher.inspect(cell->watcher.data, cell->leftovers);
	cell_enter(cell, CELL_OVER);
	return 0;
}

void cell_end_without_guest(struct cell *cell, enum ending ending, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	decide(cell, ending, fmt, ap);
	va_end(ap);
	sd_event_add_defer(cell->loop, &cell->no_guest, on_nothing_begun, cell);
}
