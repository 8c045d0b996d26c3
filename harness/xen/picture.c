/*
 * A picture of the guest's screen, by QEMU's monitor, straight into the cell's folder.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "harness/screen.h"
#include "harness/xen/xen.h"

static void ask(struct backend_guest *guest);

/* Perhaps before ask() returns. */
static void on_answer(void *user, int rc)
{
	struct backend_guest *guest = user;
	struct picture *picture = &guest->picture;
	const struct screen_form *form = &screen_forms[picture->form];

	if (guest->destroying || guest->ended) {
		free(picture->answer);
		picture->answer = NULL;
		return;
	}
	if (!screen_taken(guest->evidence_fd, form->file)) {
		/* QEMU says why in the answer; without any adapter there is no screen. */
		if (picture->answer)
			text_printable(picture->answer);
		xen_log_note(&guest->session->log, "no %s: %.200s", form->file,
			rc                ? rc_text(rc)
			: picture->answer ? picture->answer
					  : "");
		picture->form++;
	} else {
		picture->done = true;
	}
	free(picture->answer);
	picture->answer = NULL;
	ask(guest);
}

static void ask(struct backend_guest *guest)
{
	struct picture *picture = &guest->picture;
	const struct screen_form *form = &screen_forms[picture->form];
	char command[128];
	int rc;

	if (picture->done || !form->file) {
		guest->handler->pictured(guest->data);
		return;
	}
	/* QEMU is root in dom0 like us, and the folder may lie anywhere. */
	snprintf(command, sizeof(command), "screendump /proc/%d/fd/%d/%s%s%s", (int)getpid(),
		guest->evidence_fd, form->file, form->format ? " -f " : "",
		form->format ? form->format : "");
	operation_begin(&picture->ask, guest->session, on_answer, guest);
	rc = libxl_qemu_monitor_command(
		guest->session->ctx, guest->domid.id, command, &picture->answer, &picture->ask.how);
	if (rc) {
		operation_cancel(&picture->ask);
		on_answer(guest, rc);
	}
}

bool guest_picture(struct backend_guest *guest)
{
	if (guest->config.b_info.u.hvm.vga.kind == LIBXL_VGA_INTERFACE_TYPE_NONE)
		return false;
	guest->picture.form = 0;
	guest->picture.done = false;
	ask(guest);
	return true;
}
