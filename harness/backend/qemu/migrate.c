/*
 * The qemu back end: saving a guest, and waiting for one that is restored.
 *
 * A guest is migrated through a pipe into the file, and from it: "exec:" is in every QEMU, "file:"
 * since 8.2 only. The file is a descriptor that QEMU inherits and its children do not (g_spawn()
 * closes it), so they find it through their parent.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "harness/backend/qemu/private.h"
#include "src/document.h"

/* How often QEMU is asked how far it is. */
#define POLL_US 100000

static void failed(struct backend_guest *guest, const char *what, const char *why)
{
	char detail[300];

	snprintf(detail, sizeof(detail), "QEMU %s: %.200s", what, why);
	qemu_tell_ended(guest, guest->saving ? ENDING_SAVE_FAILED : ENDING_CREATE_FAILED, detail);
}

static int on_poll(sd_event_source *source, uint64_t usec, void *data)
{
	struct backend_guest *guest = data;

	/* One that is gone tells its end by its exit. */
	qmp_ask(guest->qmp, guest->saving ? "query-migrate" : "query-status", NULL);
	return 0;
}

static int poll_again(struct backend_guest *guest)
{
	sd_event_source_disable_unref(guest->poll);
	guest->poll = NULL;
	return sd_event_add_time_relative(
		guest->host->loop, &guest->poll, CLOCK_MONOTONIC, POLL_US, 1000, on_poll, guest);
}

/* {"status": "active"}, at the end "completed", "failed" or "cancelled". */
static void saved_so_far(struct backend_guest *guest, const json_t *migration)
{
	const char *status = document_text(migration, "status");

	if (strcmp(status, "completed") == 0)
		guest->handler->saved(guest->data);
	else if (strcmp(status, "failed") == 0 || strcmp(status, "cancelled") == 0)
		failed(guest, "could not save the guest", document_text(migration, "error-desc"));
	else
		poll_again(guest);
}

/* {"status": "inmigrate", "running": false}, at the end "running". */
static void restored_so_far(struct backend_guest *guest, const json_t *state)
{
	if (json_is_true(json_object_get(state, "running")))
		guest->handler->created(guest->data, guest->console_fd);
	else
		poll_again(guest);
}

void qemu_answered(void *data, const json_t *answer)
{
	struct backend_guest *guest = data;
	const json_t *error = json_object_get(answer, "error");

	if (guest->destroyed || guest->ending_told)
		return;
	if (guest->picturing)
		qemu_pictured(guest);
	else if (error)
		failed(guest, "refuses", document_text(error, "desc"));
	else if (guest->saving)
		saved_so_far(guest, json_object_get(answer, "return"));
	else
		restored_so_far(guest, json_object_get(answer, "return"));
}

int qemu_await_restored(struct backend_guest *guest)
{
	int r = poll_again(guest);

	return r < 0 ? r : 0;
}

void qemu_save(struct backend_guest *guest)
{
	char uri[48];

	guest->saving = true;
	snprintf(uri, sizeof(uri), "exec:cat >/proc/$PPID/fd/%d", QEMU_FD_SAVED);
	qmp_ask(guest->qmp, "migrate", json_pack("{s:s}", "uri", uri));
}
