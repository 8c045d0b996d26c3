/* The limits of a cell's states, and whether the harness itself was kept from running. */
#include <time.h>

#include "harness/base/clock.h"
#include "harness/run/cell_private.h"

/*
 * A limit is told after everything else that is ready, so that what a guest said in time counts. A
 * guest that always has something ready gets so much longer, and no other cell waits for it.
 */
#define LIMIT_GRACE_US 1000000

/* How often the harness looks whether it is kept from running. */
#define HEARTBEAT_US 250000

/* Unless the plan has one; matrices have none, for a picture is no part of the answer. */
#define PICTURE_LIMIT_MS 15000

uint64_t limits_of(const struct cell *cell, enum cell_state state)
{
	const json_t *limits = json_object_get(cell->plan, "limits_ms");
	/* The second time is given as long as the first. */
	enum cell_state like = state == CELL_REPORT_AGAIN     ? CELL_REPORT
			       : state == CELL_HOTPLUG        ? CELL_RESTORE
			       : state == CELL_DESTROY_SOURCE ? CELL_CLEAN_UP
							      : state;
	json_int_t ms = json_integer_value(json_object_get(limits, cell_state_name(like)));

	if (state == CELL_SCREENSHOT && ms == 0)
		ms = PICTURE_LIMIT_MS;
	return (uint64_t)((double)ms * cell->slow);
}

bool limits_stalled(struct cell *cell, uint64_t due_us)
{
	uint64_t now = clock_us();

	if (now > due_us)
		cell->stalled_us += now - due_us;
	return cell->stalled_us / 1000 * 2 > limits_of(cell, cell->state);
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

int limits_begin(struct cell *cell, sd_event_time_handler_t on_limit)
{
	cell->on_limit = on_limit;
	cell->heartbeat_due_us = clock_us() + HEARTBEAT_US;
	return sd_event_add_time_relative(cell->loop, &cell->heartbeat, CLOCK_MONOTONIC,
		HEARTBEAT_US, 1000, on_heartbeat, cell);
}

static void end_limit(struct cell *cell)
{
	sd_event_source_disable_unref(cell->limit);
	sd_event_source_disable_unref(cell->due);
	sd_event_source_disable_unref(cell->last_limit);
	cell->limit = cell->due = cell->last_limit = NULL;
}

/* The limit passed. The grace begins when the harness runs, and not while it is stalled. */
static int on_due(sd_event_source *source, uint64_t usec, void *data)
{
	struct cell *cell = data;

	sd_event_add_time_relative(cell->loop, &cell->last_limit, CLOCK_MONOTONIC, LIMIT_GRACE_US,
		1000, cell->on_limit, cell);
	sd_event_source_set_priority(cell->last_limit, SD_EVENT_PRIORITY_IMPORTANT);
	return 0;
}

void limits_enter(struct cell *cell)
{
	uint64_t limit_us = limits_of(cell, cell->state) * 1000;

	if (cell->state != CELL_CLEAN_UP) /* then the cell's ending may be about it */
		cell->stalled_us = 0;
	end_limit(cell);
	if (cell->state == CELL_KEPT)
		return;
	sd_event_add_time_relative(
		cell->loop, &cell->due, CLOCK_MONOTONIC, limit_us, 1000, on_due, cell);
	sd_event_source_set_priority(cell->due, SD_EVENT_PRIORITY_IMPORTANT);
	sd_event_add_time_relative(
		cell->loop, &cell->limit, CLOCK_MONOTONIC, limit_us, 1000, cell->on_limit, cell);
	sd_event_source_set_priority(cell->limit, SD_EVENT_PRIORITY_IDLE);
}

void limits_close(struct cell *cell)
{
	end_limit(cell);
	sd_event_source_disable_unref(cell->heartbeat);
	cell->heartbeat = NULL;
}
