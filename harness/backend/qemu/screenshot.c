/*
 * The qemu back end: a picture of the guest's screen, by QMP, straight into the cell's folder.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "harness/backend/qemu/private.h"
#include "harness/backend/screenshot.h"
#include "src/document.h"

bool qemu_has_screen(const json_t *cell)
{
	const json_t *settings = json_object_get(json_object_get(cell, "settings"), "qemu");

	return strcmp(document_text(settings, "vga"), "none") != 0;
}

static void ask(struct backend_guest *guest)
{
	const struct screenshot_format *form = &screen_forms[guest->picture];
	char path[96];

	/* QEMU is this user's, and the folder may lie anywhere. */
	snprintf(path, sizeof(path), "/proc/%d/fd/%d/%s", (int)getpid(), guest->evidence_fd,
		form->file);
	qmp_ask(guest->qmp, "screendump",
		json_pack("{s:s, s:s*}", "filename", path, "format", form->format));
}

void qemu_pictured(struct backend_guest *guest)
{
	const struct screenshot_format *form = &screen_forms[guest->picture];

	if (!screenshot_taken(guest->evidence_fd, form->file)) {
		guest->picture++;
		if (screen_forms[guest->picture].file) {
			ask(guest);
			return;
		}
	}
	guest->picturing = false;
	guest->handler->pictured(guest->data);
}

bool qemu_picture(struct backend_guest *guest)
{
	if (!guest->has_screen || !guest->qmp)
		return false;
	guest->picturing = true;
	guest->picture = 0;
	ask(guest);
	return true;
}
