/*
 * The middle of a transition: the guest is saved, let go, and restored as the other side's; or it
 * powers off, and the other side's is started.
 *
 *   save -> saved() -> destroy-source -> gone() -> restore -> created() -> report-again
 *   power-off -> ended() -> destroy-source -> gone() -> create -> created() -> first-frame
 *   hotplug -> changed() -> the guest finds its devices -> report-again
 *
 * The first guest goes the way of every guest, through destroy() and gone(), and so does whatever
 * it leaves on the host; only then is there a second. With `hotplug` it is one guest all along, and
 * the second is what it is with other devices.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/plan/transition.h"
#include "harness/run/cell_private.h"

/*
 * How long a guest has to find a device that was attached, before it is asked for it: Linux lists
 * it, loads no driver by itself here, and is done within a second on hardware.
 */
#define SETTLE_MS 5000

/* The cell's disk, if its settings ask for one. */
static int make_disk(struct cell *cell, const char *effective_backend)
{
	const json_t *settings =
		json_object_get(json_object_get(cell->plan, "settings"), effective_backend);
	json_int_t mib = json_integer_value(json_object_get(settings, "disk"));

	if (mib <= 0)
		return 0;
	cell->parts.disk_fd = transition_disk((unsigned int)mib);
	return cell->parts.disk_fd < 0 ? cell->parts.disk_fd : 0;
}

int migrate_begin(struct cell *cell, const char *effective_backend)
{
	cell->parts = (struct guest_parts){ .disk_fd = -1, .saved_fd = -1 };
	if (transition_is(cell->plan)) {
		cell->other_side = transition_other_side(cell->plan);
		if (!cell->other_side)
			return -ENOMEM;
		cell->again = transition_again(cell->plan, effective_backend);
		cell->hotplug = transition_hotplug(cell->plan, effective_backend);
	}
	if (cell->other_side && !cell->again && !cell->hotplug) {
		cell->parts.saved_fd = transition_file(cell->dir_fd);
		if (cell->parts.saved_fd < 0)
			return cell->parts.saved_fd;
	}
	return make_disk(cell, effective_backend);
}

void migrate_finish(struct cell *cell)
{
	int *const fds[] = { &cell->parts.disk_fd, &cell->parts.saved_fd, &cell->second_fd };

	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++) {
		if (*fds[i] >= 0)
			close(*fds[i]);
		*fds[i] = -1;
	}
	sd_event_source_disable_unref(cell->settled);
	json_decref(cell->other_side);
	json_decref(cell->first_console);
}

static bool is_due(const struct cell *cell)
{
	return cell->other_side && !cell->parts.second;
}

static void save(struct cell *cell)
{
	cell_enter(cell, CELL_SAVE);
	if (!cell->backend->save) {
		cell_end(cell, ENDING_NOT_SUPPORTED, "the %s back end cannot save guests",
			cell->backend->name);
		return;
	}
	cell->backend->save(cell->guest);
}

const json_t *migrate_side(const struct cell *cell)
{
	return cell->parts.second ? cell->other_side : cell->plan;
}

#define NO_FOLDER "cannot make the folder " TRANSITION_FOLDER " in the run directory: %s"

/* What the first guest said is over. */
static void end_first_console(struct cell *cell)
{
	cell->first_console = console_describe(cell->console);
	cell_console_close(cell);
	console_reset(cell->console);
}

static void change_devices(struct cell *cell)
{
	cell_enter(cell, CELL_HOTPLUG);
	if (!cell->backend->hotplug) {
		cell_end(cell, ENDING_NOT_SUPPORTED,
			"the %s back end cannot change the devices of a running guest",
			cell->backend->name);
		return;
	}
	cell->second_fd = transition_folder(cell->dir_fd, true);
	if (cell->second_fd < 0)
		cell_end(cell, ENDING_NOT_RECORDED, NO_FOLDER, strerror(-cell->second_fd));
	else
		cell->backend->hotplug(cell->guest, cell->other_side, cell->second_fd);
}

/* The guest as it is now has a record of its own, from here on. */
static int on_settled(sd_event_source *source, uint64_t usec, void *data)
{
	struct cell *cell = data;

	cell->settled = sd_event_source_disable_unref(cell->settled);
	if (cell->state != CELL_HOTPLUG)
		return 0;
	console_drain(cell->console);
	if (cell->state != CELL_HOTPLUG)
		return 0;
	end_first_console(cell);
	cell->parts.second = true;
	cell->record_fd = cell->second_fd;
	if (!cell_console_open(cell, cell->console_fd))
		return 0;
	cell_enter(cell, CELL_REPORT_AGAIN);
	console_ask(cell->console, true);
	return 0;
}

void migrate_changed(struct cell *cell)
{
	uint64_t us = cell->backend->asked_ms ? 0 : (uint64_t)(SETTLE_MS * 1000 * cell->slow);

	if (cell->state != CELL_HOTPLUG || cell->settled)
		return;
	if (sd_event_add_time_relative(
		    cell->loop, &cell->settled, CLOCK_MONOTONIC, us, 1000, on_settled, cell) < 0)
		cell_end(cell, ENDING_HOST_FAILED, "no memory for a timer");
}

void cell_go_on(struct cell *cell)
{
	if (is_due(cell) && cell->hotplug) {
		change_devices(cell);
		return;
	}
	if (is_due(cell) && !cell->again) {
		save(cell);
		return;
	}
	if (!is_due(cell) && cell_keep_guest(cell))
		return;
	cell_enter(cell, CELL_POWER_OFF);
	console_power_off(cell->console);
}

enum ending migrate_refine(const struct cell *cell, enum ending how)
{
	if (cell->state == CELL_SAVE && how == ENDING_SAVE_FAILED &&
		transition_is_full(cell->parts.saved_fd))
		return ENDING_NOT_RECORDED;
	if (cell->state == CELL_RESTORE && how == ENDING_CREATE_FAILED)
		return ENDING_RESTORE_REFUSED;
	return how;
}

/* The first guest is of no more use. */
static void let_go(struct cell *cell)
{
	end_first_console(cell);
	sd_event_source_disable_unref(cell->grace);
	cell->grace = NULL;
	cell->bye = false;
	cell_enter(cell, CELL_DESTROY_SOURCE);
	cell->backend->destroy(cell->guest);
}

void migrate_saved(struct cell *cell)
{
	struct stat st;

	if (cell->state != CELL_SAVE)
		return;
	if (fstat(cell->parts.saved_fd, &st) == 0)
		cell->saved_bytes = (uint64_t)st.st_size;
	console_drain(cell->console);
	if (cell->state == CELL_SAVE)
		let_go(cell);
}

void migrate_off(struct cell *cell)
{
	if (is_due(cell))
		let_go(cell);
	else
		cell_end(cell, ENDING_DONE, "%s", "");
}

/* Nothing of the first guest is left: the host is made ready for the second as for any. */
static int ready_again(struct cell *cell, struct problem *why)
{
	struct cell_watcher *watcher = &cell->watcher;

	if (watcher->inspect)
		watcher->inspect(watcher->data, cell->leftovers);
	if (json_array_size(cell->leftovers) > 0)
		return problem_set(
			why, -EBUSY, "the first guest left something behind on the host");
	return watcher->prepare ? watcher->prepare(watcher->data, why) : 0;
}

bool migrate_second(struct cell *cell)
{
	struct problem why = { 0 };
	int r;

	cell->backend->release(cell->guest);
	cell->guest = NULL;
	cell_enter(cell, cell->again ? CELL_CREATE : CELL_RESTORE);
	cell->parts.second = true;
	cell->parts.restored = !cell->again;
	r = ready_again(cell, &why);
	if (r < 0) {
		cell_end_without_guest(cell, ENDING_HOST_FAILED, "%s", why.text);
		return false;
	}
	cell->second_fd = transition_folder(cell->dir_fd, true);
	if (cell->second_fd < 0 || (!cell->again && lseek(cell->parts.saved_fd, 0, SEEK_SET) < 0)) {
		cell_end_without_guest(cell, ENDING_NOT_RECORDED, NO_FOLDER,
			strerror(cell->second_fd < 0 ? -cell->second_fd : errno));
		return false;
	}
	return true;
}
