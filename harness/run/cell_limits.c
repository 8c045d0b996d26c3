/*
 * The limits of a cell's states, and what it means when one passes.
 */
#include <time.h>

#include "harness/base/clock.h"
#include "harness/run/cell_private.h"

/* How often the harness looks whether it is kept from running. */
#define HEARTBEAT_US 250000

/* Unless the plan has one; matrices have none, for a picture is no part of the answer. */
#define PICTURE_LIMIT_MS 15000

uint64_t limits_of(const struct cell *cell, enum cell_state state)
{
	const json_t *limits = json_object_get(cell->plan, "limits_ms");
	/* The second time is given as long as the first. */
	enum cell_state like = state == CELL_REPORT_AGAIN     ? CELL_REPORT
			       : state == CELL_DESTROY_SOURCE ? CELL_CLEAN_UP
							      : state;
	json_int_t ms = json_integer_value(json_object_get(limits, cell_state_name(like)));

	if (state == CELL_SCREENSHOT && ms == 0)
		ms = PICTURE_LIMIT_MS;
	return (uint64_t)((double)ms * cell->slow);
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
	return cell->stalled_us / 1000 * 2 > limits_of(cell, cell->state);
}

static void limit_of_first_frame(struct cell *cell, unsigned long long s)
{
	struct console_count count = console_count(cell->console);
	char line[160];

	console_last_line(cell->console, line, sizeof(line));
	if (count.half || count.bad_frames > 0)
		cell_end(cell, ENDING_HALF_FRAME,
			"no whole frame within %llu s; %llu bad ones (%s)", s,
			(unsigned long long)count.bad_frames,
			count.first_bad[0] ? count.first_bad : "cut off");
	else if (count.bytes == 0)
		cell_end(cell, ENDING_SILENT, "nothing on the console within %llu s", s);
	else
		cell_end(cell, ENDING_NO_AGENT,
			"%llu bytes of console text but no frame within %llu s; last line: %s",
			(unsigned long long)count.bytes, s, line);
}

static void limit_of_report(struct cell *cell, unsigned long long s)
{
	struct console_count count = console_count(cell->console);

	if (count.half || count.missing > 0)
		cell_end(cell, ENDING_HALF_FRAME,
			"the report was begun and not finished within %llu s: %u of %u parts came%s",
			s, count.parts - count.missing, count.parts,
			count.half ? ", and a cut frame" : "");
	else
		cell_end(cell, ENDING_AGENT_SILENT,
			"the agent said hello and sent no report within %llu s", s);
}

static void limit_of_report_again(struct cell *cell, unsigned long long s)
{
	struct console_count count = console_count(cell->console);

	if (count.frames == 0 && !count.half)
		cell_end(cell, ENDING_NOT_BACK,
			"restored, and asked for its report %u times, the agent sent no frame within %llu s",
			1 + count.asked_again, s);
	else
		limit_of_report(cell, s);
}

static int on_limit(sd_event_source *source, uint64_t usec, void *data)
{
	struct cell *cell = data;
	unsigned long long s = (limits_of(cell, cell->state) + 999) / 1000;

	if (cell->state != CELL_CLEAN_UP && cell->state != CELL_SCREENSHOT && stalled(cell, usec)) {
		cell_end(cell, ENDING_HOST_STALLED,
			"the limit of %llu s for %s passed, but for %llu s of it the harness could not run",
			s, cell_state_name(cell->state),
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
	case CELL_SCREENSHOT:
		/* It would have been nice to have. */
		journal_note(&cell->journal, json_pack("{s:s}", "what", "no-picture"));
		cell_go_on(cell);
		break;
	case CELL_SAVE:
		cell_end(cell, ENDING_SAVE_HUNG, "the guest was not saved within %llu s", s);
		break;
	case CELL_RESTORE:
		cell_end(cell, ENDING_RESTORE_HUNG, "the guest was not restored within %llu s", s);
		break;
	case CELL_REPORT_AGAIN:
		limit_of_report_again(cell, s);
		break;
	case CELL_POWER_OFF:
		cell_end(cell, ENDING_STUCK_OFF,
			"asked to power off, the guest was still there after %llu s", s);
		break;
	case CELL_DESTROY_SOURCE:
		cell_end(cell, ENDING_HOST_FAILED, "the saved guest was still there after %llu s",
			s);
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

int limits_begin(struct cell *cell)
{
	cell->heartbeat_due_us = clock_us() + HEARTBEAT_US;
	return sd_event_add_time_relative(cell->loop, &cell->heartbeat, CLOCK_MONOTONIC,
		HEARTBEAT_US, 1000, on_heartbeat, cell);
}

void limits_enter(struct cell *cell)
{
	if (cell->state != CELL_CLEAN_UP) /* then the cell's ending may be about it */
		cell->stalled_us = 0;
	sd_event_source_disable_unref(cell->limit);
	cell->limit = NULL;
	sd_event_add_time_relative(cell->loop, &cell->limit, CLOCK_MONOTONIC,
		limits_of(cell, cell->state) * 1000, 1000, on_limit, cell);
	/* After everything else that is ready: what a guest said in time counts. */
	sd_event_source_set_priority(cell->limit, SD_EVENT_PRIORITY_IDLE);
}

void limits_close(struct cell *cell)
{
	sd_event_source_disable_unref(cell->limit);
	sd_event_source_disable_unref(cell->heartbeat);
	cell->limit = cell->heartbeat = NULL;
}
