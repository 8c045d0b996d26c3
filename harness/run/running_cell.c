#include "harness/run/running_cell.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/host/identity.h"
#include "harness/host/own_display.h"
#include "harness/plan/pci_spec.h"
#include "harness/plan/transition.h"
#include "harness/run/runner.h"
#include "harness/run/service.h"
#include "harness/store/attempt.h"
#include "harness/store/ending.h"
#include "harness/store/host_broken.h"
#include "src/document.h"

/* A driver sets its mode when it has read all EDIDs: a second or two on hardware. */
#define DISPLAY_MS 20000

static bool has_device(const struct lease_list *devices, struct bdf device)
{
	for (size_t i = 0; i < devices->count; i++) {
		if (bdf_equal(devices->list[i], device))
			return true;
	}
	return false;
}

/* Adds the devices in `pci` of one side that are not there yet. */
static int add_devices(const json_t *all_settings, const char *effective_backend,
	struct lease_list *devices, struct problem *why)
{
	const json_t *pci =
		json_object_get(json_object_get(all_settings, effective_backend), "pci");
	const json_t *text;
	size_t i;

	json_array_foreach(pci, i, text)
	{
		struct pci_spec spec;

		if (!json_is_string(text))
			return problem_set(why, -EINVAL, "a device in `pci` is not a text");
		if (pci_spec_parse(json_string_value(text), &spec, why) < 0)
			return -EINVAL;
		if (has_device(devices, spec.host))
			continue;
		if (devices->count == LEASE_DEVICES_MAX)
			return problem_set(
				why, -EINVAL, "`pci` has more than %d devices", LEASE_DEVICES_MAX);
		devices->list[devices->count++] = spec.host;
	}
	return 0;
}

int running_cell_devices(const struct runner *runner, const json_t *plan_cell,
	struct lease_list *devices, struct problem *why)
{
	const char *effective_backend =
		json_string_value(json_object_get(runner->identities, "acts_as"));
	int r;

	devices->count = 0;
	if (!runner->backend->devices)
		return 0;
	r = add_devices(json_object_get(plan_cell, "settings"), effective_backend, devices, why);
	if (r == 0 && transition_hotplug(plan_cell, effective_backend))
		r = add_devices(json_object_get(json_object_get(plan_cell, "to"), "settings"),
			effective_backend, devices, why);
	return r;
}

void runner_identify_devices(struct runner *runner, const json_t *plan)
{
	json_t *host = json_object_get(runner->identities, "host");
	struct lease_list devices;
	const json_t *cell;
	size_t i;

	json_array_foreach(json_object_get(plan, "cells"), i, cell)
	{
		if (running_cell_devices(runner, cell, &devices, NULL) == 0)
			host_identify_more("", host, devices.list, devices.count);
	}
}

static bool has_leased(const struct lease *lease, const char *address)
{
	char device[BDF_TEXT_MAX];

	for (size_t i = 0; i < lease->count; i++) {
		bdf_format(lease->devices[i].device, device);
		if (strcmp(address, device) == 0)
			return true;
	}
	return false;
}

int running_cell_give_back(struct runner *runner, struct problem *why)
{
	const json_t *host = json_object_get(runner->identities, "host");
	const char *igd = document_text(json_object_get(host, "igd"), "address");
	bool had_igd = runner->lease.fd >= 0 && has_leased(&runner->lease, igd);
	int r = lease_give_back(&runner->lease, why);

	return r < 0 || !had_igd ? r : own_display_check("", host, DISPLAY_MS, why);
}

static int on_prepare(void *data, struct problem *why)
{
	struct running_cell *running_cell = data;
	struct runner *runner = running_cell->runner;
	struct lease_list devices;
	int r = running_cell_devices(runner, running_cell->entry->cell, &devices, why);

	if (r < 0 || devices.count == 0)
		return r;
	if (runner->lease.fd >= 0 && !lease_is_of(&runner->lease, &devices)) {
		r = running_cell_give_back(runner, why);
		if (r < 0)
			return r;
	}
	if (runner->lease.fd < 0) {
		r = lease_take(
			&runner->lease, runner->backend->devices, runner->host, "", &devices, why);
		if (r < 0)
			return r;
	}
	return lease_lend(&runner->lease, why);
}

static void on_inspect(void *data, json_t *leftovers)
{
	struct running_cell *running_cell = data;
	struct lease *lease = &running_cell->runner->lease;
	struct problem why = { 0 };

	if (lease->fd < 0 || lease->state != LEASE_GUEST)
		return;
	if (lease_return(lease, &why) < 0 ||
		(!running_cell->runner->keep_lease &&
			running_cell_give_back(running_cell->runner, &why) < 0))
		json_array_append_new(leftovers, json_string(why.text));
}

static void on_entered(void *data, enum cell_state state, uint64_t limit_ms)
{
	struct running_cell *running_cell = data;
	struct progress *progress = &running_cell->runner->progress;

	progress_state(progress, &running_cell->shown, cell_state_name(state), limit_ms);
	service_cell(running_cell->shown.index, progress->total, running_cell->name,
		cell_state_name(state));
}

static void on_kept(void *data, const char *text)
{
	fprintf(stderr, "\nigd-harness: %s  end it: press Ctrl-C, or kill -INT %d\n", text,
		(int)getpid());
}

static void on_over(void *data, const json_t *end)
{
	struct running_cell *running_cell = data;

	running_cell->end = json_incref((json_t *)end);
}

int running_cell_begin(struct runner *runner, const struct store *store,
	const struct schedule_entry *entry, struct running_cell *beside,
	struct running_cell **turn_r, struct problem *why)
{
	struct running_cell *running_cell = calloc(1, sizeof(*running_cell));
	struct cell_watcher watcher = { on_prepare, on_inspect, on_entered, on_kept, on_over,
		running_cell };
	int r;

	if (!running_cell)
		return problem_set(why, -ENOMEM, "no memory for a cell");
	running_cell->runner = runner;
	running_cell->entry = entry;
	running_cell->name = document_text(entry->cell, "name");
	r = attempt_begin(store, entry->index, running_cell->name, runner->boot_id,
		&running_cell->dir_fd, why);
	if (r != 0) {
		if (r > 0 && attempt_seal(store, entry->index, running_cell->name, why) < 0)
			r = -EIO;
		free(running_cell);
		return r;
	}
	progress_cell(&runner->progress, &running_cell->shown, entry->number, running_cell->name);
	r = cell_begin(&(struct cell_request){ .backend = runner->backend,
			       .host = runner->host,
			       .loop = runner->loop,
			       .plan = entry->cell,
			       .identities = runner->identities,
			       .guests_dir = runner->guests_dir,
			       .dir_fd = running_cell->dir_fd,
			       .slow = runner->slow,
			       .keep = runner->keep },
		&watcher, &running_cell->cell, why);
	if (r < 0) {
		running_cell_finish(running_cell, store, NULL);
		return r;
	}
	for (; beside; beside = beside->next) {
		cell_note_concurrent(beside->cell, running_cell->name);
		cell_note_concurrent(running_cell->cell, beside->name);
	}
	*turn_r = running_cell;
	return 0;
}

/* A cell that could not be written down: those after it could not be either. */
static int check_recorded(const struct store *store, const json_t *end, struct problem *why)
{
	const char *not_recorded = ending_entry(ENDING_NOT_RECORDED)->name;

	if (!end || strcmp(document_text(end, "ending"), not_recorded) != 0)
		return 0;
	return problem_set(why, -ENOSPC,
		"cell %s: %.200s; once the disk can be written again, `igd-harness resume %.200s` "
		"continues the run",
		document_text(end, "cell"), document_text(end, "detail"), store->dir);
}

/* Whatever the verdict of this cell: those after it would run on a broken host. */
static int check_host(
	const struct running_cell *running_cell, const struct store *store, struct problem *why)
{
	struct runner *runner = running_cell->runner;
	json_t *sign = host_watch_look(&runner->host_watch, runner->patterns, running_cell->dir_fd,
		json_object_get(runner->identities, "versions"));
	int r = 0;

	if (sign && !runner->host_broke) {
		runner->host_broke = true;
		runner->host_is_whole = false;
		r = host_broken_write(store, running_cell->name, runner->boot_id, sign, why);
	}
	json_decref(sign);
	return r;
}

int running_cell_finish(
	struct running_cell *running_cell, const struct store *store, struct problem *why)
{
	struct runner *runner = running_cell->runner;
	int r;

	progress_over(&runner->progress, &running_cell->shown,
		running_cell->end ? document_text(running_cell->end, "ending") : "given up");
	if (json_array_size(json_object_get(running_cell->end, "leftovers")) > 0)
		runner->host_is_whole = false;
	r = check_recorded(store, running_cell->end, why);
	cell_free(running_cell->cell);
	/* Sealed when the back end, too, has written its last. */
	if (running_cell->end && r == 0)
		r = attempt_seal_folder(running_cell->dir_fd, why);
	if (r == 0)
		r = check_host(running_cell, store, why);
	json_decref(running_cell->end);
	close(running_cell->dir_fd);
	free(running_cell);
	return r;
}
