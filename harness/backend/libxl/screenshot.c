/* A screenshot of the guest, written by QEMU's monitor into the cell's folder. */
#include "harness/backend/libxl/screenshot.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "harness/backend/libxl/guest.h"
#include "harness/backend/libxl/libxl_compat.h"
#include "harness/backend/libxl/log.h"
#include "harness/backend/libxl/session.h"
#include "harness/backend/screenshot.h"
#include "harness/base/escape.h"

static void ask(struct backend_guest *guest);

/* Perhaps before ask() returns. */
static void on_answer(void *user, int rc)
{
	struct backend_guest *guest = user;
	struct screenshot *screenshot = &guest->screenshot;
	const struct screenshot_format *form = &screen_forms[screenshot->form];

	if (guest->destroying || guest->ended) {
		free(screenshot->answer);
		screenshot->answer = NULL;
		return;
	}
	if (!screenshot_taken(guest->record_fd, form->file)) {
		/* QEMU says why in the answer; without any adapter there is no screen. */
		if (screenshot->answer)
			escape_printable(screenshot->answer);
		xen_log_note(&guest->session->log, "no %s: %.200s", form->file,
			rc                   ? rc_text(rc)
			: screenshot->answer ? screenshot->answer
					     : "");
		screenshot->form++;
	} else {
		screenshot->done = true;
	}
	free(screenshot->answer);
	screenshot->answer = NULL;
	ask(guest);
}

static void ask(struct backend_guest *guest)
{
	struct screenshot *screenshot = &guest->screenshot;
	const struct screenshot_format *form = &screen_forms[screenshot->form];
	char command[128];
	int rc;

	if (screenshot->done || !form->file) {
		guest->handler->pictured(guest->data);
		return;
	}
	/* QEMU is root in dom0 like us, and the folder may lie anywhere. */
	snprintf(command, sizeof(command), "screendump /proc/%d/fd/%d/%s%s%s", (int)getpid(),
		guest->record_fd, form->file, form->format ? " -f " : "",
		form->format ? form->format : "");
	operation_begin(&screenshot->ask, guest->session, on_answer, guest);
	rc = libxl_qemu_monitor_command(guest->session->ctx, guest->domid.id, command,
		&screenshot->answer, &screenshot->ask.how);
	if (rc) {
		operation_cancel(&screenshot->ask);
		on_answer(guest, rc);
	}
}

bool guest_screenshot(struct backend_guest *guest)
{
	if (guest->config.b_info.u.hvm.vga.kind == LIBXL_VGA_INTERFACE_TYPE_NONE)
		return false;
	guest->screenshot.form = 0;
	guest->screenshot.done = false;
	ask(guest);
	return true;
}
