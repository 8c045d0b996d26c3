/*
 * Saving a guest for a transition, and restoring it.
 *
 * What libxl writes is one stream: the domain's memory and state from the hypervisor, then QEMU's
 * devices (docs/specs/libxl-migration-stream.pandoc in xen.git). QEMU's part passes through a file,
 * LIBXL_DEVICE_MODEL_SAVE_FILE.DOMID; leftover.c knows it.
 */
#include "harness/backend/libxl/save.h"

#include "harness/backend/libxl/cleanup.h"
#include "harness/backend/libxl/guest.h"
#include "harness/backend/libxl/libxl_compat.h"
#include "harness/backend/libxl/log.h"
#include "harness/backend/libxl/session.h"
#include "harness/backend/libxl/watch.h"
#include "harness/store/ending.h"

static void on_saved(void *user, int rc)
{
	struct backend_guest *guest = user;
	char errors[300];

	if (guest->destroying) {
		cleanup_creation_over(guest);
		return;
	}
	xen_log_errors(&guest->session->log, errors, sizeof(errors));
	if (rc)
		watch_end(guest, ENDING_SAVE_FAILED,
			"libxl_domain_suspend() failed, rc %d (%s): %s", rc, rc_text(rc),
			errors[0] ? errors : "no message");
	else if (!guest->ended && guest->handler->saved)
		guest->handler->saved(guest->data);
}

void guest_save(struct backend_guest *guest)
{
	int flags = guest->save_live ? LIBXL_SUSPEND_LIVE : 0, rc;

	/* A guest that suspended for us has not ended: watch_event(). */
	guest->saving = true;
	xen_log_note(&guest->session->log, "saving%s", guest->save_live ? ", live" : "");
	operation_begin(&guest->save, guest->session, on_saved, guest);
	rc = libxl_domain_suspend(guest->session->ctx, guest->domid.id, guest->parts.saved_fd,
		flags, &guest->save.how);
	if (rc) {
		operation_cancel(&guest->save);
		on_saved(guest, rc);
	}
}

int save_restore(struct backend_guest *guest)
{
	libxl_domain_restore_params params;
	int rc;

	libxl_domain_restore_params_init(&params);
	params.checkpointed_stream = LIBXL_CHECKPOINTED_STREAM_NONE;
	/* What every libxl here writes; LIBXL_HAVE_SRM_V2. */
	params.stream_version = 2;
	rc = libxl_domain_create_restore(guest->session->ctx, &guest->config, &guest->created_id,
		guest->parts.saved_fd, -1, &params, &guest->create.how, NULL);
	libxl_domain_restore_params_dispose(&params);
	return rc;
}
