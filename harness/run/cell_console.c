/* What a cell makes of its guest's console: harness/run/console/console.h calls back, the cell
 * decides. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "harness/backend/igd_screen.h"
#include "harness/backend/passed_igd.h"
#include "harness/base/below/below.h"
#include "harness/base/clock.h"
#include "harness/base/fileio.h"
#include "harness/run/cell_private.h"
#include "harness/run/console/stored_report.h"
#include "src/report.h"

/*
 * How long the end of the console may precede the news of why: QEMU's death closes the line at
 * once, and is known to the back end within a turn of the loop. A verdict shall come within a
 * second.
 */
#define GRACE_US 800000

/* Lines of the journal about an agent's bye. An agent says it once; each line is synced to disk. */
#define BYES_NOTED 4

static void on_request(void *data, enum wire_type type)
{
	struct cell *cell = data;

	journal_note(&cell->journal, json_pack("{s:s, s:s}", "what", "request", "type",
					     type == WIRE_ASK ? "report" : "power-off"));
	if (type == WIRE_ASK)
		cell->asked_ms[cell->parts.second] =
			cell->backend->asked_ms
				? cell->backend->asked_ms(cell->guest)
				: (json_int_t)((clock_us() - cell->journal.began_us) / 1000);
}

static void on_asked_again(void *data, unsigned int missing)
{
	struct cell *cell = data;

	journal_note(&cell->journal,
		json_pack("{s:s, s:i}", "what", "ask-again", "missing", (int)missing));
}

static void on_hello(void *data, const char *agent)
{
	struct cell *cell = data;

	if (cell->state != CELL_FIRST_FRAME)
		return;
	journal_note(&cell->journal, json_pack("{s:s, s:s}", "what", "hello", "agent", agent));
	cell_enter(cell, CELL_REPORT);
	console_ask(cell->console, false);
}

static void take_screen(struct cell *cell)
{
	if (!cell->backend->picture || !cell->backend->picture(cell->guest))
		cell_go_on(cell);
}

static void on_igd_screen(void *data, const char *sentence)
{
	struct cell *cell = data;

	if (sentence)
		journal_note(&cell->journal,
			json_pack("{s:s, s:s}", "what", "no-igd-screen", "why", sentence));
	if (cell->state == CELL_SCREENSHOT)
		take_screen(cell);
}

/* First the screen of the passed-through GPU, if somebody can see it; then that of QEMU. */
static void take_igd_screen(struct cell *cell)
{
	struct problem why = { 0 };
	int r = -ENOENT;

	if (passed_igd("", migrate_side(cell), cell->backend->name)) {
		igd_screen_end(cell->igd_screen);
		cell->igd_screen = NULL;
		r = igd_screen_begin(cell->loop, "", cell->record_fd, on_igd_screen, cell,
			&cell->igd_screen, &why);
	}
	if (r < 0 && r != -ENOENT)
		on_igd_screen(cell, why.text[0] ? why.text : strerror(-r));
	else if (r < 0)
		take_screen(cell);
}

/* Keeps a report as it came, `by` the line or in memory, then sees whether it is one. */
static void take_report(struct cell *cell, const char *by, const char *text, size_t length)
{
	struct problem why = { 0 };
	json_t *report = NULL;
	int r;

	/* It comes too late, or again: the cell's record is closed. */
	if (cell->state == CELL_KEPT)
		return;
	journal_note(&cell->journal, json_pack("{s:s, s:s}", "what", "report", "by", by));
	r = fileio_write(cell->record_fd, "report.json", text, length, &why);
	if (r < 0) {
		cell_end(cell, ENDING_NOT_RECORDED, "%s", why.text);
		return;
	}
	r = report_parse(text, length, &report, &why);
	json_decref(report);
	if (r < 0) {
		cell_end(cell, ENDING_BAD_REPORT, "%zu bytes that are not a valid report: %s",
			length, why.text);
		return;
	}
	cell_enter(cell, CELL_SCREENSHOT);
	take_igd_screen(cell);
}

static void on_report(void *data, const char *text, size_t length)
{
	take_report(data, "serial", text, length);
}

static void on_no_report(void *data, int error, const char *sentence)
{
	struct cell *cell = data;

	if (cell->state != CELL_KEPT)
		cell_end(cell, error == -ENOMEM ? ENDING_HOST_FAILED : ENDING_BAD_REPORT, "%s",
			sentence);
}

static bool on_stored(void *data, const char *said, size_t said_length)
{
	struct cell *cell = data;
	struct problem why = { 0 };
	char *text = NULL;
	size_t length = 0;
	int r;

	if (cell->state == CELL_KEPT)
		return true;
	r = stored_report_read(cell->backend, cell->guest, said, said_length, &text, &length, &why);
	if (r == 0)
		take_report(cell, "memory", text, length);
	else if (r == -EAGAIN)
		journal_note(&cell->journal,
			json_pack("{s:s, s:s}", "what", "report-not-read", "why", why.text));
	else
		on_no_report(cell, r, why.text);
	free(text);
	return r != -EAGAIN;
}

static void on_trouble(void *data, const char *sentence)
{
	struct cell *cell = data;

	if (cell->state != CELL_KEPT)
		cell_end(
			cell, ENDING_BAD_REPORT, "the agent could not make a report: %s", sentence);
}

static void on_bye(void *data)
{
	struct cell *cell = data;

	if (cell->byes_noted < BYES_NOTED)
		journal_note(&cell->journal, json_pack("{s:s}", "what", "bye"));
	cell->byes_noted++;
	cell->bye = cell->state == CELL_POWER_OFF;
}

static int on_grace(sd_event_source *source, uint64_t usec, void *data)
{
	struct cell *cell = data;

	cell_end(cell, ENDING_CONSOLE_LOST,
		"the serial line broke in state %s; guest and device model are still running",
		cell_state_name(cell->state));
	return 0;
}

/* Waits a moment for the reason. */
static void on_lost(void *data)
{
	struct cell *cell = data;

	if (cell->grace || cell->state >= CELL_CLEAN_UP)
		return;
	journal_note(&cell->journal, json_pack("{s:s}", "what", "console-lost"));
	/* It is on its way, and its device model may take its time: the limit is that of the state.
	 */
	if (cell->bye)
		return;
	sd_event_add_time_relative(
		cell->loop, &cell->grace, CLOCK_MONOTONIC, GRACE_US, 1000, on_grace, cell);
}

static void on_flooded(void *data)
{
	struct cell *cell = data;
	struct console_count count = console_count(cell->console);

	cell_end(cell, ENDING_GARBAGE,
		"%llu bytes on the console, with %llu valid frames; the limit is %u bytes",
		(unsigned long long)count.bytes, (unsigned long long)count.frames, CONSOLE_MAX);
}

static void on_not_recorded(void *data, int error)
{
	struct cell *cell = data;

	cell_log_unwritten(cell, error);
	cell_end(cell, ENDING_NOT_RECORDED, "%s", cell->unwritten.text);
}

static const struct console_handler handler = {
	.request = on_request,
	.asked_again = on_asked_again,
	.hello = on_hello,
	.report = on_report,
	.stored = on_stored,
	.no_report = on_no_report,
	.trouble = on_trouble,
	.bye = on_bye,
	.lost = on_lost,
	.flooded = on_flooded,
	.not_recorded = on_not_recorded,
};

struct console *cell_console_new(struct cell *cell)
{
	struct console *console = console_new(cell->loop, &handler, cell);

	if (console && cell->backend->read_memory)
		console_take_stored(console);
	return console;
}

bool cell_console_open(struct cell *cell, int fd)
{
	int log_fd, r;

	log_fd = below_create(cell->record_fd, "console.log", 0644);
	if (log_fd < 0) {
		on_not_recorded(cell, -log_fd);
		return false;
	}
	r = console_open(cell->console, fd, log_fd);
	if (r < 0) {
		cell_end(cell, ENDING_HOST_FAILED, "cannot read the guest's console: %s",
			strerror(-r));
		return false;
	}
	return true;
}
