#include "harness/cell.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "harness/cell_private.h"
#include "harness/clock.h"
#include "src/document.h"

/*
 * How long the end of the console may precede the news of why: QEMU's death closes the line at
 * once, and is known to the back end within a turn of the loop. A verdict shall come within a
 * second.
 */
#define GRACE_US 800000

#define HEARTBEAT_US 250000

static const struct {
	const char *name;
	uint64_t limit_ms; /* if the plan gives none */
} states[] = {
	[CELL_CREATE] = { "create", 60000 },
	[CELL_FIRST_FRAME] = { "first-frame", 240000 },
	[CELL_REPORT] = { "report", 60000 },
	[CELL_POWER_OFF] = { "power-off", 60000 },
	[CELL_CLEAN_UP] = { "clean-up", 30000 },
	[CELL_OVER] = { "over", 0 },
};

const char *cell_state_name(enum cell_state state)
{
	return states[state].name;
}

static uint64_t limit_ms(const struct cell *cell, enum cell_state state)
{
	const json_t *limits = json_object_get(cell->plan, "limits_ms");
	const json_t *limit = json_object_get(limits, states[state].name);
	double ms = json_is_integer(limit) ? (double)json_integer_value(limit)
					   : (double)states[state].limit_ms;

	return (uint64_t)(ms * cell->slow);
}

/*
 * Is it the harness that was late? A limit says nothing about a guest if we could not look.
 * `due_us` is when the limit should have been told.
 */
static bool stalled(struct cell *cell, uint64_t due_us)
{
	uint64_t now = clock_us();

	if (now > due_us)
		cell->stalled_us += now - due_us;
	return cell->stalled_us / 1000 * 2 > limit_ms(cell, cell->state);
}

static void limit_of_first_frame(struct cell *cell, unsigned long long s)
{
	char line[160];

	console_last_line(cell, line, sizeof(line));
	if (wire_half(&cell->console.decoder) || cell->console.decoder.bad_frames > 0)
		cell_end(cell, ENDING_HALF_FRAME,
			"no whole frame within %llu s; %llu bad ones (%s)", s,
			(unsigned long long)cell->console.decoder.bad_frames,
			cell->console.decoder.first_bad[0] ? cell->console.decoder.first_bad
							   : "cut off");
	else if (cell->console.decoder.bytes == 0)
		cell_end(cell, ENDING_SILENT, "nothing on the console within %llu s", s);
	else
		cell_end(cell, ENDING_NO_AGENT,
			"%llu bytes of console text but no frame within %llu s; last line: %s",
			(unsigned long long)cell->console.decoder.bytes, s, line);
}

static void limit_of_report(struct cell *cell, unsigned long long s)
{
	const struct wire_message *report = &cell->console.report;

	if (wire_half(&cell->console.decoder) || report->missing > 0)
		cell_end(cell, ENDING_HALF_FRAME,
			"the report was begun and not finished within %llu s: %u of %u parts came%s",
			s, report->parts - report->missing, report->parts,
			wire_half(&cell->console.decoder) ? ", and a cut frame" : "");
	else
		cell_end(cell, ENDING_AGENT_SILENT,
			"the agent said hello and sent no report within %llu s", s);
}

static int on_limit(sd_event_source *source, uint64_t usec, void *data)
{
	struct cell *cell = data;
	unsigned long long s = (limit_ms(cell, cell->state) + 999) / 1000;

	if (cell->state != CELL_CLEAN_UP && stalled(cell, usec)) {
		cell_end(cell, ENDING_HOST_STALLED,
			"the limit of %llu s for %s passed, but for %llu s of it the harness could not run",
			s, states[cell->state].name,
			(unsigned long long)cell->stalled_us / 1000000);
		return 0;
	}
	switch (cell->state) {
	case CELL_CREATE:
		cell_end(cell, ENDING_CREATE_LATE, "the guest was not created within %llu s", s);
		break;
	case CELL_FIRST_FRAME:
		limit_of_first_frame(cell, s);
		break;
	case CELL_REPORT:
		limit_of_report(cell, s);
		break;
	case CELL_POWER_OFF:
		cell_end(cell, ENDING_STUCK_OFF,
			"asked to power off, the guest was still there after %llu s", s);
		break;
	case CELL_CLEAN_UP:
		/* The back end broke its promise of gone(); the guest's memory is given up. */
		cell->guest = NULL;
		json_array_append_new(cell->leftovers,
			json_sprintf(
				"the back end did not finish within %llu s: look for the guest by hand",
				s));
		cell_enter(cell, CELL_OVER);
		break;
	case CELL_OVER:
		break;
	}
	return 0;
}

static int on_heartbeat(sd_event_source *source, uint64_t usec, void *data)
{
	struct cell *cell = data;
	uint64_t now = clock_us();

	if (now > cell->heartbeat_due_us + HEARTBEAT_US)
		cell->stalled_us += now - cell->heartbeat_due_us;
	cell->heartbeat_due_us = now + HEARTBEAT_US;
	sd_event_source_set_time_relative(source, HEARTBEAT_US);
	sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
	return 0;
}

static json_t *end_document(const struct cell *cell)
{
	const struct wire_decoder *decoder = &cell->console.decoder;
	json_t *end = document_new(DOCUMENT_END, DOCUMENT_VERSION);

	json_object_set_new(end, "cell", json_string(cell->name));
	json_object_set_new(end, "ending", json_string(ending_entry(cell->ending)->name));
	json_object_set_new(end, "state", json_string(states[cell->ended_in].name));
	json_object_set_new(end, "detail", json_string(cell->detail));
	json_object_set(end, "times_ms", cell->times);
	json_object_set_new(end, "console",
		json_pack("{s:I, s:I, s:I, s:I, s:I, s:s, s:i}", "bytes",
			(json_int_t)decoder->bytes, "kept", (json_int_t)cell->console.kept,
			"text_bytes", (json_int_t)decoder->text_bytes, "frames",
			(json_int_t)decoder->frames, "bad_frames", (json_int_t)decoder->bad_frames,
			"first_bad", decoder->first_bad, "asked_again",
			(int)cell->console.asked_again));
	json_object_set_new(end, "stalled_ms", json_integer((json_int_t)(cell->stalled_us / 1000)));
	json_object_set(end, "leftovers", cell->leftovers);
	return end;
}

static void finish(struct cell *cell)
{
	struct problem why = { 0 };
	json_t *end = end_document(cell);

	sd_event_source_disable_unref(cell->limit);
	sd_event_source_disable_unref(cell->grace);
	sd_event_source_disable_unref(cell->heartbeat);
	cell->limit = cell->grace = cell->heartbeat = NULL;
	if (store_write_json(cell->dir_fd, "end.json", end, &why) < 0)
		fprintf(stderr, "igd-harness: %s: %s\n", cell->name, why.text);
	journal_note(&cell->journal, json_pack("{s:s, s:s}", "what", "over", "ending",
					     ending_entry(cell->ending)->name));
	cell->watcher.over(cell->watcher.data, end);
	json_decref(end);
}

void cell_enter(struct cell *cell, enum cell_state state)
{
	uint64_t now = clock_us(), ms = state == CELL_OVER ? 0 : limit_ms(cell, state);

	if (cell->entered_us)
		json_object_set_new(cell->times, states[cell->state].name,
			json_integer((json_int_t)((now - cell->entered_us) / 1000)));
	cell->state = state;
	cell->entered_us = now;
	if (state == CELL_OVER) {
		finish(cell);
		return;
	}
	cell->stalled_us = state == CELL_CLEAN_UP ? cell->stalled_us : 0;
	journal_note(&cell->journal, json_pack("{s:s, s:s, s:I}", "what", "state", "state",
					     states[state].name, "limit_ms", (json_int_t)ms));
	sd_event_source_disable_unref(cell->limit);
	cell->limit = NULL;
	sd_event_add_time_relative(
		cell->loop, &cell->limit, CLOCK_MONOTONIC, ms * 1000, 1000, on_limit, cell);
	cell->watcher.entered(cell->watcher.data, state, ms);
}

static void decide(struct cell *cell, enum ending ending, const char *fmt, va_list ap)
	__attribute__((format(printf, 3, 0)));

static void decide(struct cell *cell, enum ending ending, const char *fmt, va_list ap)
{
	cell->decided = true;
	cell->ending = ending;
	cell->ended_in = cell->state;
	vsnprintf(cell->detail, sizeof(cell->detail), fmt, ap);
	journal_note(&cell->journal, json_pack("{s:s, s:s, s:s*}", "what", "ending", "ending",
					     ending_entry(ending)->name, "detail", cell->detail));
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
	console_close(cell);
	cell_enter(cell, CELL_CLEAN_UP);
	cell->backend->destroy(cell->guest);
}

static void on_created(void *data, int console_fd)
{
	struct cell *cell = data;
	int r;

	if (cell->state != CELL_CREATE)
		return;
	r = console_open(cell, console_fd);
	if (r < 0) {
		cell_end(cell, ENDING_HOST_FAILED, "cannot read the guest's console: %s",
			strerror(-r));
		return;
	}
	cell_enter(cell, CELL_FIRST_FRAME);
}

/*
 * The guest's own account of its death beats the back end's: a kernel that lost its init says so,
 * and then it is the agent that died and not the machine under test.
 */
static enum ending refine(const struct cell *cell, enum ending how)
{
	const char *tail = cell->console.tail;

	if (how != ENDING_GUEST_CRASHED && how != ENDING_GUEST_REBOOTED && how != ENDING_GUEST_OFF)
		return how;
	if (strstr(tail, "Attempted to kill init"))
		return ENDING_AGENT_DIED;
	if (strstr(tail, "Kernel panic"))
		return ENDING_GUEST_CRASHED;
	return how;
}

static void on_ended(void *data, enum ending how, const char *detail)
{
	struct cell *cell = data;
	char line[160];

	if (cell->state >= CELL_CLEAN_UP)
		return;
	/* Its last words may still be in the line, the end of the report among them. */
	console_drain(cell);
	if (cell->state >= CELL_CLEAN_UP)
		return;
	if (cell->state == CELL_POWER_OFF && how == ENDING_GUEST_OFF) {
		cell_end(cell, ENDING_DONE, "%s", "");
		return;
	}
	how = refine(cell, how);
	console_last_line(cell, line, sizeof(line));
	cell_end(cell, how, "%s%s%s", detail, line[0] ? "; on its console: " : "", line);
}

static void on_gone(void *data, const json_t *leftovers)
{
	struct cell *cell = data;

	json_array_extend(cell->leftovers, (json_t *)leftovers);
	if (cell->state == CELL_CLEAN_UP)
		cell_enter(cell, CELL_OVER);
}

static const struct guest_handler handler = {
	.created = on_created,
	.ended = on_ended,
	.gone = on_gone,
};

static int on_grace(sd_event_source *source, uint64_t usec, void *data)
{
	struct cell *cell = data;

	cell_end(cell, ENDING_CONSOLE_LOST,
		"the serial line broke in state %s; guest and device model still live",
		states[cell->state].name);
	return 0;
}

void cell_console_lost(struct cell *cell)
{
	if (cell->grace || cell->state >= CELL_CLEAN_UP)
		return;
	journal_note(&cell->journal, json_pack("{s:s}", "what", "console-lost"));
	sd_event_add_time_relative(
		cell->loop, &cell->grace, CLOCK_MONOTONIC, GRACE_US, 1000, on_grace, cell);
}

/* Ends a cell that has no guest, from the loop so that over() never comes out of cell_begin(). */
static int on_nothing_begun(sd_event_source *source, void *data)
{
	struct cell *cell = data;

	sd_event_source_disable_unref(cell->grace);
	cell->grace = NULL;
	cell_enter(cell, CELL_OVER);
	return 0;
}

static void end_without_guest(struct cell *cell, enum ending ending, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void end_without_guest(struct cell *cell, enum ending ending, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	decide(cell, ending, fmt, ap);
	va_end(ap);
	sd_event_add_defer(cell->loop, &cell->grace, on_nothing_begun, cell);
}

static bool array_has(const json_t *array, const char *text)
{
	const json_t *entry;
	size_t i;

	json_array_foreach(array, i, entry)
	{
		if (strcmp(json_string_value(entry), text) == 0)
			return true;
	}
	return false;
}

/* Returns the first required capability that the host lacks, or NULL. */
static const char *lacking(const json_t *plan_cell, const json_t *identities, const char *acts_as)
{
	const json_t *requires = json_object_get(json_object_get(plan_cell, "requires"), acts_as);
	const json_t *has = json_object_get(identities, "capabilities");
	const json_t *need;
	size_t i;

	json_array_foreach(requires, i, need)
	{
		if (!array_has(has, json_string_value(need)))
			return json_string_value(need);
	}
	return NULL;
}

static void begin(struct cell *cell, const json_t *identities)
{
	const char *acts_as = json_string_value(json_object_get(identities, "acts_as"));
	const char *lacks = lacking(cell->plan, identities, acts_as);
	struct problem inner = { 0 };
	int r;

	cell_enter(cell, CELL_CREATE);
	if (!json_object_get(json_object_get(cell->plan, "settings"), acts_as)) {
		end_without_guest(cell, ENDING_NOT_SUPPORTED,
			"the matrix gives this cell no settings for the %s back end", acts_as);
		return;
	}
	if (lacks) {
		end_without_guest(cell, ENDING_NOT_SUPPORTED,
			"the cell requires \"%s\", which this host does not have", lacks);
		return;
	}
	r = cell->backend->start(
		cell->host, cell->plan, cell->dir_fd, &handler, cell, &cell->guest, &inner);
	if (r < 0)
		end_without_guest(
			cell, ENDING_HOST_FAILED, "%s", inner.text[0] ? inner.text : strerror(-r));
}

int cell_begin(const struct backend *backend, struct backend_host *host, sd_event *loop,
	const json_t *plan_cell, const json_t *identities, int dir_fd, double slow,
	const struct cell_watcher *watcher, struct cell **cell_r, struct problem *why)
{
	struct cell *cell = calloc(1, sizeof(*cell));
	int r;

	if (!cell)
		return -ENOMEM;
	cell->backend = backend;
	cell->host = host;
	cell->loop = loop;
	cell->plan = plan_cell;
	cell->name = json_string_value(json_object_get(plan_cell, "name"));
	cell->dir_fd = dir_fd;
	cell->slow = slow;
	cell->watcher = *watcher;
	cell->journal.fd = -1;
	cell->console.fd = cell->console.log_fd = -1;
	wire_message_init(&cell->console.report);
	cell->times = json_object();
	cell->leftovers = json_array();
	if (!cell->times || !cell->leftovers) {
		r = -ENOMEM;
		goto out;
	}
	r = journal_open(dir_fd, &cell->journal, why);
	if (r < 0)
		goto out;
	cell->heartbeat_due_us = clock_us() + HEARTBEAT_US;
	r = sd_event_add_time_relative(
		loop, &cell->heartbeat, CLOCK_MONOTONIC, HEARTBEAT_US, 1000, on_heartbeat, cell);
	if (r < 0)
		goto out;
	begin(cell, identities);
	*cell_r = cell;
	cell = NULL;
	r = 0;
out:
	cell_free(cell);
	return r;
}

void cell_interrupt(struct cell *cell)
{
	if (cell->guest)
		cell_end(cell, ENDING_INTERRUPTED, "the run was stopped in state %s",
			states[cell->state].name);
}

void cell_free(struct cell *cell)
{
	if (!cell)
		return;
	if (cell->guest)
		cell->backend->release(cell->guest);
	console_close(cell);
	wire_message_finish(&cell->console.report);
	sd_event_source_disable_unref(cell->limit);
	sd_event_source_disable_unref(cell->grace);
	sd_event_source_disable_unref(cell->heartbeat);
	journal_close(&cell->journal);
	json_decref(cell->times);
	json_decref(cell->leftovers);
	free(cell);
}
