/*
 * A picture of the guest's screen, by QEMU's monitor, straight into the cell's folder.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/xen/xen.h"

/* A screen of 8K is 133 MB as PPM, and no emulated adapter here has a tenth of that. */
#define PICTURE_MAX (16 * 1024 * 1024)

/* How QEMU is asked, the better first: it writes PNG since 7.1 (9a0a119a38), if built with libpng.
 */
static const struct {
	const char *file, *arguments;
} forms[] = {
	{ "screen.png", " -f png" },
	{ "screen.ppm", "" },
};

#define FORMS (sizeof(forms) / sizeof(forms[0]))

/* Is it there, whole and of a size that can be? What is not is removed. */
static bool is_taken(struct backend_guest *guest, const char *file)
{
	struct stat st;

	if (fstatat(guest->evidence_fd, file, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return false;
	if (S_ISREG(st.st_mode) && st.st_size > 0 && st.st_size <= PICTURE_MAX)
		return true;
	unlinkat(guest->evidence_fd, file, 0);
	return false;
}

static void ask(struct backend_guest *guest);

/* Perhaps before ask() returns. */
static void on_answer(void *user, int rc)
{
	struct backend_guest *guest = user;
	struct picture *picture = &guest->picture;
	unsigned int form = picture->form;

	if (guest->destroying || guest->ended) {
		free(picture->answer);
		picture->answer = NULL;
		return;
	}
	if (!is_taken(guest, forms[form].file)) {
		/* QEMU says why in the answer; without any adapter there is no screen. */
		if (picture->answer)
			text_printable(picture->answer);
		xen_log_note(&guest->session->log, "no %s: %.200s", forms[form].file,
			rc                ? rc_text(rc)
			: picture->answer ? picture->answer
					  : "");
		picture->form++;
	} else {
		picture->form = FORMS;
	}
	free(picture->answer);
	picture->answer = NULL;
	ask(guest);
}

static void ask(struct backend_guest *guest)
{
	struct picture *picture = &guest->picture;
	char command[128];
	int rc;

	if (picture->form == FORMS) {
		guest->handler->pictured(guest->data);
		return;
	}
	/* QEMU is root in dom0 like us, and the folder may lie anywhere. */
	snprintf(command, sizeof(command), "screendump /proc/%d/fd/%d/%s%s", (int)getpid(),
		guest->evidence_fd, forms[picture->form].file, forms[picture->form].arguments);
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
	ask(guest);
	return true;
}
