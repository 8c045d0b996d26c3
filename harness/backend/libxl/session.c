#include "harness/backend/libxl/session.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <systemd/sd-event.h>
#include <unistd.h>

#include "harness/backend/libxl/libxl_compat.h"
#include "harness/backend/libxl/log.h"
#include "harness/backend/libxl/loop.h"
#include "src/problem.h"

/*
 * libxl installs a SIGCHLD handler and reaps its own children only: the rest of the program waits
 * for its children by pidfd, synchronously, and has no handler. Every context of a process must be
 * in this mode (libxl_event.h, libxl_sigchld_owner).
 */
static const libxl_childproc_hooks childproc_hooks = {
	.chldowner = libxl_sigchld_owner_libxl_always_selective_reap,
};

static void event_occurs(void *user, libxl_event *event)
{
	struct session *session = user;

	if (session->on_event)
		session->on_event(session->user, event);
	libxl_event_free(session->ctx, event);
}

/* Without it libxl would call exit(). The limits of the cell end what does not go on after it. */
static void disaster(void *user, libxl_event_type type, const char *msg, int errnoval)
{
	struct session *session = user;

	xen_log_note(&session->log, "disaster: events of type %d may be missing: %s (error %d)",
		(int)type, msg, errnoval);
}

static const libxl_event_hooks event_hooks = {
	.event_occurs_mask = LIBXL_EVENTMASK_ALL,
	.event_occurs = event_occurs,
	.disaster = disaster,
};

static int explain_no_context(int rc, const struct xen_log *log, struct problem *why)
{
	char errors[320];

	if (access("/proc/xen/capabilities", F_OK) < 0 && access("/sys/hypervisor/type", F_OK) < 0)
		return problem_set(why, -ENODEV,
			"this machine does not run under Xen: boot it as a Xen "
			"dom0, or use a different back end");
	if (access("/dev/xen/privcmd", F_OK) < 0)
		return problem_set(why, -ENODEV,
			"no /dev/xen/privcmd: this is not a Xen dom0, or the module xen-privcmd is "
			"not loaded");
	if (access("/dev/xen/privcmd", R_OK | W_OK) < 0)
		return problem_set(
			why, -EACCES, "/dev/xen/privcmd cannot be opened: run as root in dom0");
	xen_log_errors(log, errors, sizeof(errors));
	return problem_set(why, -EIO,
		"libxl cannot reach the hypervisor or xenstore (%s; %s): is xenstored running?",
		rc_text(rc), errors[0] ? errors : "no message");
}

int session_open(sd_event *event, FILE *log_file, struct session **session_r, struct problem *why)
{
	struct session *session = calloc(1, sizeof(*session));
	int rc, r;

	if (!session) {
		if (log_file)
			fclose(log_file);
		return problem_set(why, -ENOMEM, "out of memory");
	}
	xen_log_init(&session->log, log_file);
	session->log.quiet = true; /* what goes wrong here is in the sentence */
	rc = libxl_ctx_alloc(&session->ctx, LIBXL_VERSION, 0, &session->log.logger);
	if (rc) {
		r = explain_no_context(rc, &session->log, why);
		xen_log_finish(&session->log);
		free(session);
		return r;
	}
	session->log.quiet = false;
	xen_loop_init(&session->loop, event, session->ctx);
	libxl_childproc_setmode(session->ctx, &childproc_hooks, NULL);
	libxl_event_register_callbacks(session->ctx, &event_hooks, session);
	*session_r = session;
	return 0;
}

void session_close(struct session *session)
{
	if (!session)
		return;
	session->on_event = NULL;
	/* Timeouts that libxl took back and that did not yet occur are still registered after
	 * libxl_ctx_free(); so the loop is finished last. */
	if (session->operations > 0)
		xen_log_note(&session->log, "%u operations unanswered: context abandoned",
			session->operations);
	else
		libxl_ctx_free(session->ctx);
	xen_loop_finish(&session->loop);
	xen_log_finish(&session->log);
	free(session);
}

static void operation_answered(libxl_ctx *ctx, int rc, void *for_callback)
{
	struct operation *operation = for_callback;

	operation->session->operations--;
	operation->session = NULL;
	operation->done(operation->user, rc);
}

void operation_begin(struct operation *operation, struct session *session,
	void (*done)(void *user, int rc), void *user)
{
	*operation = (struct operation){ .session = session, .done = done, .user = user };
	operation->how.callback = operation_answered;
	operation->how.u.for_callback = operation;
	session->operations++;
}

void operation_cancel(struct operation *operation)
{
	operation->session->operations--;
	operation->session = NULL;
}

const char *rc_text(int rc)
{
	const char *text = libxl_error_to_string(rc);

	return text ? text : "an unknown error of libxl";
}
