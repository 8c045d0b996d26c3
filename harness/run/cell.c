#include "harness/run/cell.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/backend/igd_screen.h"
#include "harness/run/cell_private.h"
#include "src/document.h"

static void start(struct cell *cell, const json_t *plan, int record_fd);

static void on_created(void *data, int console_fd)
{
	struct cell *cell = data;

	if (cell->state != CELL_CREATE && cell->state != CELL_RESTORE)
		return;
	cell->console_fd = console_fd;
	if (!cell_console_open(cell, console_fd))
		return;
	cell_enter(cell, cell->parts.restored ? CELL_REPORT_AGAIN : CELL_FIRST_FRAME);
	if (cell->parts.restored) /* its agent said hello before it was saved */
		console_ask(cell->console, true);
}

static void on_changed(void *data)
{
	migrate_changed(data);
}

static void on_saved(void *data)
{
	migrate_saved(data);
}

/*
 * The guest's own account of its death beats the back end's: a kernel that lost its init says so,
 * and then it is the agent that died and not the machine under test.
 */
static enum ending refine(const struct cell *cell, enum ending how)
{
	if (how != ENDING_GUEST_CRASHED && how != ENDING_GUEST_REBOOTED && how != ENDING_GUEST_OFF)
		return how;
	if (console_said(cell->console, "Attempted to kill init"))
		return ENDING_AGENT_DIED;
	if (console_said(cell->console, "Kernel panic"))
		return ENDING_GUEST_CRASHED;
	return how;
}

static void on_ended(void *data, enum ending how, const char *detail)
{
	struct cell *cell = data;
	char line[160];

	if (cell->state >= CELL_CLEAN_UP)
		return;
	cell->guest_over = true;
	/* Its last words may still be in the line, the end of the report among them. */
	console_drain(cell->console);
	if (cell->state >= CELL_CLEAN_UP)
		return;
	if ((cell->state == CELL_POWER_OFF || (cell->state == CELL_KEPT && !cell->decided)) &&
		how == ENDING_GUEST_OFF) {
		migrate_off(cell);
		return;
	}
	how = migrate_refine(cell, refine(cell, how));
	console_last_line(cell->console, line, sizeof(line));
	cell_end(cell, how, "%s%s%s", detail, line[0] ? "; on its console: " : "", line);
}

static void on_gone(void *data, const json_t *leftovers)
{
	struct cell *cell = data;

	json_array_extend(cell->leftovers, (json_t *)leftovers);
	if (cell->state == CELL_DESTROY_SOURCE && migrate_second(cell))
		start(cell, cell->other_side, cell->second_fd);
	if (cell->state != CELL_CLEAN_UP)
		return;
	if (cell->watcher.inspect)
		cell->watcher.inspect(cell->watcher.data, cell->leftovers);
	cell_enter(cell, CELL_OVER);
}

static void on_pictured(void *data)
{
	struct cell *cell = data;

	if (cell->state == CELL_SCREENSHOT)
		cell_go_on(cell);
}

static const struct guest_handler handler = {
	.created = on_created,
	.pictured = on_pictured,
	.changed = on_changed,
	.saved = on_saved,
	.ended = on_ended,
	.gone = on_gone,
};

/* What the host's check says of a capability that is not there (harness/host/document.h), or NULL.
 */
static const json_t *lack_of(const json_t *identities, const char *capability)
{
	return json_object_get(json_object_get(identities, "lacking"), capability);
}

static bool is_unknown(const json_t *lack)
{
	return strcmp(document_text(lack, "verdict"), "UNKNOWN") == 0;
}

/* Returns the first required capability that the host lacks, before one that it perhaps lacks; or
 * NULL. */
static const char *lacking(
	const json_t *plan_cell, const json_t *identities, const char *effective_backend)
{
	const json_t *needs =
		json_object_get(json_object_get(plan_cell, "requires"), effective_backend);
	const json_t *has = json_object_get(identities, "capabilities");
	const char *perhaps = NULL;
	const json_t *need;
	size_t i;

	json_array_foreach(needs, i, need)
	{
		const char *capability = json_string_value(need);

		if (document_has_text(has, capability))
			continue;
		if (!is_unknown(lack_of(identities, capability)))
			return capability;
		if (!perhaps)
			perhaps = capability;
	}
	return perhaps;
}

static void end_for_lack(struct cell *cell, const char *capability, const json_t *lack)
{
	const char *why = document_text(lack, "why"), *check = document_text(lack, "check");

	if (is_unknown(lack))
		cell_end_without_guest(cell, ENDING_HOST_FAILED,
			"the cell requires \"%s\", but whether this host has it is "
			"unknown: %s (check %s)",
			capability, why, check);
	else if (lack)
		cell_end_without_guest(cell, ENDING_NOT_SUPPORTED,
			"the cell requires \"%s\", which this host does not have: %s (check %s)",
			capability, why, check);
	else
		cell_end_without_guest(cell, ENDING_NOT_SUPPORTED,
			"the cell requires \"%s\", which this host does not have", capability);
}

/* Whose fault it is that nothing was begun, by backend.h. */
static enum ending not_begun(int r)
{
	switch (r) {
	case -ENOSPC:
	case -EDQUOT:
	case -EROFS:
		return ENDING_NOT_RECORDED;
	case -EINVAL:
		return ENDING_BAD_CELL;
	case -ENOTSUP:
		return ENDING_NOT_SUPPORTED;
	default:
		return ENDING_HOST_FAILED;
	}
}

static void start(struct cell *cell, const json_t *plan, int record_fd)
{
	struct image image = { 0 };
	const struct guest_request request = { .cell = plan,
		.image = cell->backend->boots_images ? &image : NULL,
		.parts = &cell->parts,
		.evidence_fd = record_fd,
		.handler = &handler,
		.data = cell,
		.keep = cell->keep };
	struct problem why = { 0 };
	int r = 0;

	cell->record_fd = record_fd;
	cell->guest_over = false;
	if (request.image)
		r = image_find(cell->guests_dir, document_text(plan, "guest"), &image, &why);
	if (r == 0)
		r = cell->backend->start(cell->host, &request, &cell->guest, &why);
	image_finish(&image);
	if (r < 0)
		cell_end_without_guest(
			cell, not_begun(r), "%s", why.text[0] ? why.text : strerror(-r));
}

static void begin(struct cell *cell, const json_t *identities)
{
	const char *effective_backend = json_string_value(json_object_get(identities, "acts_as"));
	const char *lacks = lacking(cell->plan, identities, effective_backend);
	struct problem inner = { 0 };
	int r;

	cell_enter(cell, CELL_CREATE);
	if (!json_object_get(json_object_get(cell->plan, "settings"), effective_backend)) {
		cell_end_without_guest(cell, ENDING_NOT_SUPPORTED,
			"the matrix has no settings of this cell for the %s back end",
			effective_backend);
		return;
	}
	if (lacks) {
		end_for_lack(cell, lacks, lack_of(identities, lacks));
		return;
	}
	r = migrate_begin(cell, effective_backend);
	if (r == 0 && cell->watcher.prepare)
		r = cell->watcher.prepare(cell->watcher.data, &inner);
	if (r < 0) {
		cell_end_without_guest(
			cell, not_begun(r), "%s", inner.text[0] ? inner.text : strerror(-r));
		return;
	}
	start(cell, cell->plan, cell->dir_fd);
}

int cell_begin(const struct cell_request *request, const struct cell_watcher *watcher,
	struct cell **cell_r, struct problem *why)
{
	struct cell *cell = calloc(1, sizeof(*cell));
	int r;

	if (!cell)
		return -ENOMEM;
	cell->backend = request->backend;
	cell->host = request->host;
	cell->guests_dir = request->guests_dir ? request->guests_dir : "";
	cell->loop = request->loop;
	cell->plan = request->plan;
	cell->name = json_string_value(json_object_get(request->plan, "name"));
	cell->dir_fd = request->dir_fd;
	cell->slow = request->slow;
	cell->keep = request->keep;
	cell->watcher = *watcher;
	cell->journal.fd = -1;
	cell->record_fd = cell->second_fd = cell->parts.disk_fd = cell->parts.saved_fd = -1;
	cell->console = cell_console_new(cell);
	cell->times = json_object();
	cell->leftovers = json_array();
	if (!cell->console || !cell->times || !cell->leftovers) {
		r = -ENOMEM;
		goto out;
	}
	r = journal_open(request->dir_fd, &cell->journal, why);
	if (r < 0)
		goto out;
	r = limits_begin(cell, cell_late);
	if (r < 0)
		goto out;
	begin(cell, request->identities);
	*cell_r = cell;
	cell = NULL;
	r = 0;
out:
	cell_free(cell);
	return r;
}

void cell_note_concurrent(struct cell *cell, const char *name)
{
	if (!cell->concurrent)
		cell->concurrent = json_array();
	json_array_append_new(cell->concurrent, json_string(name));
}

void cell_interrupt(struct cell *cell)
{
	if (cell_release(cell))
		return;
	if (cell->guest)
		cell_end(cell, ENDING_INTERRUPTED, "the run was stopped in state %s",
			cell_state_name(cell->state));
}

void cell_free(struct cell *cell)
{
	if (!cell)
		return;
	if (cell->guest)
		cell->backend->release(cell->guest);
	igd_screen_end(cell->igd_screen);
	console_free(cell->console);
	limits_close(cell);
	sd_event_source_disable_unref(cell->grace);
	sd_event_source_disable_unref(cell->no_guest);
	journal_close(&cell->journal);
	migrate_finish(cell);
	json_decref(cell->times);
	json_decref(cell->leftovers);
	json_decref(cell->concurrent);
	free(cell);
}
