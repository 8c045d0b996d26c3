/*
 * destroy() to gone(), in the order in which it happens. Every step has a limit, so that gone()
 * comes even if libxl never answers; together they stay below the 60 s that a plan gives.
 *
 *   end_work -> destroy_domain -> on_destroyed -> inspect (again and again) -> finish
 */
#include "harness/backend/libxl/cleanup.h"

#include <jansson.h>
#include <stdint.h>
#include <string.h>
#include <systemd/sd-event.h>

#include "harness/backend/libxl/alarm.h"
#include "harness/backend/libxl/domid.h"
#include "harness/backend/libxl/evidence.h"
#include "harness/backend/libxl/guest.h"
#include "harness/backend/libxl/leftover.h"
#include "harness/backend/libxl/libxl_compat.h"
#include "harness/backend/libxl/log.h"
#include "harness/backend/libxl/process.h"
#include "harness/backend/libxl/session.h"
#include "harness/backend/libxl/watch.h"
#include "harness/backend/libxl/wrapper.h"
#include "harness/backend/libxl/xenstore_access.h"

#define ABORT_LIMIT_MS 8000
/*
 * libxl waits 10 s for a guest to let go of a device (pci_remove_timeout(), libxl_pci.c), and goes
 * on without its word: a guest with the IGD that still ran was seen to take 12.5 s.
 */
#define DESTROY_LIMIT_MS 30000
/* Domains die by and by after their destruction, while Xen takes their memory back. */
#define INSPECT_LIMIT_MS 6000
#define INSPECT_EVERY_MS 50
/* What is left after so long gets force, a step more each time. */
#define FORCE_AFTER_MS 1000

static void destroy_domain(struct backend_guest *guest);

/* The guest may still be in the making, or be saved. */
static void end_work(struct backend_guest *guest)
{
	struct operation *work = operation_busy(&guest->save) ? &guest->save
				 : operation_busy(&guest->hotplug.operation)
					 ? &guest->hotplug.operation
					 : &guest->create;
	int rc;

	if (!operation_busy(work)) {
		destroy_domain(guest);
		return;
	}
	rc = libxl_ao_abort(guest->session->ctx, &work->how);
	xen_log_note(&guest->session->log, "%s aborted: %s",
		work == &guest->save     ? "saving"
		: work == &guest->create ? "creation"
					 : "hotplug",
		rc ? rc_text(rc) : "begun");
	alarm_set(&guest->limit, ABORT_LIMIT_MS, destroy_domain);
}

void guest_destroy(struct backend_guest *guest)
{
	if (guest->destroying)
		return;
	guest->destroying = true;
	watch_stop(guest);
	/* From the loop: a callback must not come from within destroy(). */
	alarm_set(&guest->step, 0, end_work);
}

void cleanup_creation_over(struct backend_guest *guest)
{
	/* Not from within libxl's callback, and not a second time if the limit passed before. */
	if (operation_busy(&guest->destroy) || guest->inspect_since)
		return;
	alarm_stop(&guest->limit);
	alarm_set(&guest->step, 0, destroy_domain);
}

static void inspect(struct backend_guest *guest);

static void begin_inspection(struct backend_guest *guest)
{
	if (guest->inspect_since)
		return;
	alarm_stop(&guest->limit);
	wrapper_remove(&guest->wrapper);
	sd_event_now(guest->host->event, CLOCK_MONOTONIC, &guest->inspect_since);
	alarm_set(&guest->step, 0, inspect);
}

static void destroy_late(struct backend_guest *guest)
{
	xen_log_note(&guest->session->log, "libxl_domain_destroy() has not answered for %d ms",
		DESTROY_LIMIT_MS);
	begin_inspection(guest);
}

static void on_destroyed(void *user, int rc);

/*
 * libxl asks QEMU to unplug the device even if the guest has shut down and cannot answer, and waits
 * out its 10 s timeout. If QEMU is gone it removes the device at once (pci_remove_detached()).
 */
static void end_idle_model(struct backend_guest *guest)
{
	if (!guest->shut_down ||
		(guest->config.num_pcidevs == 0 && guest->hotplug.attach.num_pcidevs == 0) ||
		!process_alive(guest->model.pidfd))
		return;
	xen_log_note(&guest->session->log,
		"the guest has shut down: killing QEMU (process %d) before libxl "
		"removes the device",
		(int)guest->model.pid);
	process_kill(guest->model.pidfd);
}

/*
 * libxl kills QEMU, and then waits 2 s for QEMU to close the guest's PV devices that it serves
 * (LIBXL_QEMU_BODGE_TIMEOUT, libxl__initiate_device_generic_remove()): the keyboard, which each HVM
 * guest has, and disks. It waits for no device that it has no record of, and the domain's own
 * entries go with the domain.
 */
static void forget_devices(struct backend_guest *guest, unsigned int domid)
{
	static const char *const kinds[][2] = { { "vkbd", "/vkbd/" }, { "vbd", "/qdisk/" } };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct xenstore_names names = xenstore_list(
			guest->host->store, "/libxl/%u/device/%s", domid, kinds[i][0]);

		for (unsigned int n = 0; n < names.count; n++) {
			char backend[128];

			xenstore_read(guest->host->store, backend, sizeof(backend),
				"/libxl/%u/device/%s/%s/backend", domid, kinds[i][0],
				names.names[n]);
			if (!strstr(backend, kinds[i][1]))
				continue;
			/* With the domain's folder: all its devices of this kind are forgotten. */
			*strrchr(backend, '/') = 0;
			xenstore_remove(guest->host->store, "%s", backend);
			xenstore_remove(guest->host->store, "/libxl/%u/device/%s/%s", domid,
				kinds[i][0], names.names[n]);
		}
		xenstore_names_finish(&names);
	}
}

static void destroy_domain(struct backend_guest *guest)
{
	struct domid found = leftover_domain(guest);
	int rc;

	if (!domid_is_guest(found)) {
		begin_inspection(guest);
		return;
	}
	guest->domid = found;
	end_idle_model(guest);
	forget_devices(guest, found.id);
	operation_begin(&guest->destroy, guest->session, on_destroyed, guest);
	alarm_set(&guest->limit, DESTROY_LIMIT_MS, destroy_late);
	rc = libxl_domain_destroy(guest->session->ctx, found.id, &guest->destroy.how);
	if (rc) {
		operation_cancel(&guest->destroy);
		on_destroyed(guest, rc);
	}
}

static void on_destroyed(void *user, int rc)
{
	struct backend_guest *guest = user;

	if (rc)
		xen_log_note(&guest->session->log, "libxl_domain_destroy(): %s", rc_text(rc));
	begin_inspection(guest);
}

static void finish(struct backend_guest *guest, json_t *leftovers)
{
	guest->told_gone = true;
	evidence_collect(guest);
	guest->handler->gone(guest->data, leftovers);
	/* `guest` may have been released. */
	json_decref(leftovers);
}

static void inspect(struct backend_guest *guest)
{
	json_t *leftovers = leftover_list(guest);
	uint64_t now, ms;

	sd_event_now(guest->host->event, CLOCK_MONOTONIC, &now);
	ms = (now - guest->inspect_since) / 1000;
	if (!leftovers)
		leftovers = json_pack("[s]", "unknown: out of memory");
	if (json_array_size(leftovers) == 0 || ms >= INSPECT_LIMIT_MS) {
		finish(guest, leftovers);
		return;
	}
	json_decref(leftovers);
	if (guest->force < LEFTOVER_FORCE_MAX && ms >= (guest->force + 1) * FORCE_AFTER_MS)
		leftover_force(guest, ++guest->force);
	alarm_set(&guest->step, INSPECT_EVERY_MS, inspect);
}
