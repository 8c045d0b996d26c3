/*
 * How a guest ends by itself.
 *
 * Two observers: libxl's events, of the domain, and a pidfd, of QEMU, whose death libxl tells
 * nobody once the domain is made. A guest that powers off leaves its QEMU running (-no-shutdown)
 * until the domain is destroyed, so a QEMU that is gone is always the cause, also when the domain
 * shut down in the same moment: a QEMU that is told to end asks Xen for the shutdown on its way
 * out (destroy_hvm_domain(), hw/xen/xen-hvm-common.c).
 */
#include "harness/backend/libxl/watch.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <systemd/sd-event.h>
#include <unistd.h>

#include "harness/backend/libxl/alarm.h"
#include "harness/backend/libxl/evidence.h"
#include "harness/backend/libxl/guest.h"
#include "harness/backend/libxl/libxl_compat.h"
#include "harness/backend/libxl/log.h"
#include "harness/backend/libxl/process.h"
#include "harness/backend/libxl/session.h"
#include "harness/backend/libxl/wrapper.h"
#include "harness/store/ending.h"

#define DETAIL_TEXT_MAX 512 /* bytes of the sentence */

/* How long the news of one waits for the news of the other. */
#define SETTLE_MS 300

void watch_end(struct backend_guest *guest, enum ending how, const char *fmt, ...)
{
	char detail[DETAIL_TEXT_MAX];
	va_list ap;

	if (guest->ended || guest->destroying)
		return;
	guest->ended = true;
	watch_stop(guest);
	va_start(ap, fmt);
	vsnprintf(detail, sizeof(detail), fmt, ap);
	va_end(ap);
	xen_log_note(&guest->session->log, "ended: %s", detail);
	if (guest->handler->ended)
		guest->handler->ended(guest->data, how, detail);
}

/* "terminating on signal 1 from pid N": libxl ends the QEMU of a creation that failed, from within
 * this process. That is no news, and reads as if the harness were the cause. */
static bool is_our_doing(const char *words)
{
	char from[32];

	snprintf(from, sizeof(from), " from pid %d ", (int)getpid());
	return strstr(words, "terminating on signal") && strstr(words, from);
}

void watch_creation_failed(struct backend_guest *guest, const char *what, int rc)
{
	const char *model = guest->device_model;
	char errors[300], words[160];
	enum ending how = ENDING_CREATE_FAILED;

	if (model[0] && access(model, X_OK) < 0) {
		watch_end(guest, ENDING_HOST_FAILED, "the device model %s cannot be executed: %s",
			model, strerror(errno));
		return;
	}
	if (rc == ERROR_NOMEM)
		how = ENDING_HOST_FAILED;
	xen_log_errors(&guest->session->log, errors, sizeof(errors));
	evidence_last_words(guest, words, sizeof(words));
	how = wrapper_ending(words, how);
	if (is_our_doing(words))
		words[0] = '\0';
	watch_end(guest, how, "%s failed, rc %d (%s): %s%s%s", what, rc, rc_text(rc),
		errors[0] ? errors : "no message", words[0] ? "; QEMU's last line: " : "", words);
}

enum ending watch_reason(int reason, const char **words_r)
{
	switch (reason) {
	case LIBXL_SHUTDOWN_REASON_POWEROFF:
		*words_r = "the guest powered off";
		return ENDING_GUEST_OFF;
	case LIBXL_SHUTDOWN_REASON_REBOOT:
		*words_r = "the guest rebooted";
		return ENDING_GUEST_REBOOTED;
	case LIBXL_SHUTDOWN_REASON_CRASH:
		*words_r = "the domain crashed";
		return ENDING_GUEST_CRASHED;
	case LIBXL_SHUTDOWN_REASON_WATCHDOG:
		*words_r = "the guest's watchdog expired";
		return ENDING_GUEST_CRASHED;
	case LIBXL_SHUTDOWN_REASON_SUSPEND:
		*words_r = "the guest suspended itself without a request";
		return ENDING_GUEST_CRASHED;
	case LIBXL_SHUTDOWN_REASON_SOFT_RESET:
		*words_r = "the guest requested a soft reset: its kernel crashed into kexec";
		return ENDING_GUEST_CRASHED;
	default:
		*words_r = "the domain shut down for a reason unknown to libxl";
		return ENDING_GUEST_CRASHED;
	}
}

static void model_died(struct backend_guest *guest)
{
	const char *also = "";
	char words[160];

	if (guest->shut_down)
		watch_reason(guest->shutdown_reason, &also);
	evidence_last_words(guest, words, sizeof(words));
	watch_end(guest, ENDING_MODEL_DIED, "QEMU (process %d) exited%s%s; its last line: %s",
		(int)guest->model.pid, *also ? "; at the same time " : "", also,
		words[0] ? words : "none");
}

static void settle(struct backend_guest *guest);

static int on_model_gone(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct backend_guest *guest = userdata;

	guest->model.source = sd_event_source_disable_unref(guest->model.source);
	alarm_set(&guest->step, SETTLE_MS, settle);
	return 0;
}

int watch_begin(struct backend_guest *guest)
{
	int rc, r = 0;

	if (guest->model.pidfd >= 0)
		r = sd_event_add_io(guest->host->event, &guest->model.source, guest->model.pidfd,
			EPOLLIN, on_model_gone, guest);
	if (r < 0)
		return r;
	rc = libxl_evenable_domain_death(
		guest->session->ctx, guest->domid.id, guest->serial, &guest->death);
	return rc ? -EIO : 0;
}

/*
 * Whether somebody destroys the domain, with `xl destroy` perhaps. QEMU cannot make it vanish, and
 * libxl pauses a domain before it ends the QEMU (destroy_domid_pci_done(), libxl_domain.c).
 */
static bool is_being_destroyed(struct backend_guest *guest)
{
	libxl_dominfo info;
	bool paused = false;

	if (guest->vanished || guest->shut_down)
		return !guest->shut_down;
	libxl_dominfo_init(&info);
	if (libxl_domain_info(guest->session->ctx, &info, guest->domid.id) == 0)
		paused = info.paused;
	libxl_dominfo_dispose(&info);
	return guest->running && paused;
}

static void settle(struct backend_guest *guest)
{
	const char *words;
	enum ending how;

	if (is_being_destroyed(guest)) {
		watch_end(guest, ENDING_GUEST_OFF,
			"the domain disappeared without a shutdown: a different program "
			"destroyed it");
		return;
	}
	if (guest->model.pidfd >= 0 && !process_alive(guest->model.pidfd)) {
		model_died(guest);
		return;
	}
	how = watch_reason(guest->shutdown_reason, &words);
	watch_end(guest, how, "%s", words);
}

void watch_event(void *user, const libxl_event *event)
{
	struct backend_guest *guest = user;

	if (guest->ended || guest->destroying || event->for_user != guest->serial)
		return;
	if (guest->saving && event->type == LIBXL_EVENT_TYPE_DOMAIN_SHUTDOWN &&
		event->u.domain_shutdown.shutdown_reason == LIBXL_SHUTDOWN_REASON_SUSPEND)
		return;
	if (event->type == LIBXL_EVENT_TYPE_DOMAIN_SHUTDOWN && !guest->shut_down) {
		guest->shut_down = true;
		guest->shutdown_reason = event->u.domain_shutdown.shutdown_reason;
	} else if (event->type == LIBXL_EVENT_TYPE_DOMAIN_DEATH) {
		guest->vanished = true;
	} else {
		return;
	}
	alarm_set(&guest->step, SETTLE_MS, settle);
}

void watch_stop(struct backend_guest *guest)
{
	guest->model.source = sd_event_source_disable_unref(guest->model.source);
	if (guest->death)
		libxl_evdisable_domain_death(guest->session->ctx, guest->death);
	guest->death = NULL;
}
