/*
 *   guest_hotplug -> step -> libxl_device_pci_remove() -> on_answer -> step -> ...
 *                 -> step -> libxl_device_pci_add()    -> on_answer -> step -> ... -> observe
 *
 * libxl asks the guest to let go of a device by QEMU's device_del, that is by ACPI, and waits 10 s
 * for it (pci_remove_timeout(), libxl_pci.c); an attached device is announced by ACPI as well, and
 * nobody hears whether the guest has found it.
 */
#include "harness/backend/libxl/hotplug.h"

#include <stdbool.h>
#include <stdio.h>

#include "harness/backend/libxl/cleanup.h"
#include "harness/backend/libxl/config_devices.h"
#include "harness/backend/libxl/guest.h"
#include "harness/backend/libxl/log.h"
#include "harness/backend/libxl/observe.h"
#include "harness/backend/libxl/watch.h"
#include "harness/store/ending.h"
#include "src/bdf.h"
#include "src/document.h"

void hotplug_init(struct hotplug *hotplug)
{
	libxl_domain_config_init(&hotplug->detach);
	libxl_domain_config_init(&hotplug->attach);
}

void hotplug_finish(struct hotplug *hotplug)
{
	libxl_domain_config_dispose(&hotplug->detach);
	libxl_domain_config_dispose(&hotplug->attach);
}

/* Puts the devices of `all` that are not in `but` into a configuration; 0 or a negative errno. */
static int put_devices(
	const json_t *all, const json_t *but, libxl_domain_config *config, struct problem *why)
{
	struct filling f = { .config = config, .disk_fd = -1, .why = why };
	json_t *devices = json_array(), *device;
	size_t i;
	int r;

	json_array_foreach(all, i, device)
	{
		if (!document_has(but, device))
			json_array_append(devices, device);
	}
	r = devices ? config_apply_pci(&f, "pci", devices) : config_no_memory(&f);
	json_decref(devices);
	return r;
}

/* The device of the next step; NULL if there is none. */
static libxl_device_pci *next_device(struct hotplug *hotplug, bool *attach_r)
{
	int next = hotplug->next;

	*attach_r = next >= hotplug->detach.num_pcidevs;
	if (!*attach_r)
		return &hotplug->detach.pcidevs[next];
	next -= hotplug->detach.num_pcidevs;
	return next < hotplug->attach.num_pcidevs ? &hotplug->attach.pcidevs[next] : NULL;
}

static void observed(struct backend_guest *guest)
{
	if (guest->destroying || guest->ended)
		return;
	if (guest->handler->changed)
		guest->handler->changed(guest->data);
}

static void step(struct backend_guest *guest);

static void on_answer(void *user, int rc)
{
	struct backend_guest *guest = user;
	bool attach;
	const libxl_device_pci *device = next_device(&guest->hotplug, &attach);
	char errors[300], address[BDF_TEXT_MAX];

	if (guest->destroying) {
		cleanup_creation_over(guest);
		return;
	}
	if (guest->ended || !device)
		return;
	bdf_format((struct bdf){ (uint16_t)device->domain, device->bus, device->dev, device->func },
		address);
	if (rc) {
		xen_log_errors(&guest->session->log, errors, sizeof(errors));
		watch_end(guest, ENDING_HOTPLUG_FAILED, "%s of %s failed, rc %d (%s): %s",
			attach ? "libxl_device_pci_add()" : "libxl_device_pci_remove()", address,
			rc, rc_text(rc), errors[0] ? errors : "no message");
		return;
	}
	xen_log_note(&guest->session->log, "%s is %s", address, attach ? "attached" : "detached");
	guest->hotplug.next++;
	step(guest);
}

static void step(struct backend_guest *guest)
{
	struct hotplug *hotplug = &guest->hotplug;
	libxl_ctx *ctx = guest->session->ctx;
	bool attach;
	libxl_device_pci *device = next_device(hotplug, &attach);
	int rc;

	if (!device) {
		guest->record_fd = hotplug->record_fd;
		observe_begin(guest, observed);
		return;
	}
	operation_begin(&hotplug->operation, guest->session, on_answer, guest);
	rc = attach ? libxl_device_pci_add(ctx, guest->domid.id, device, &hotplug->operation.how)
		    : libxl_device_pci_remove(
			      ctx, guest->domid.id, device, &hotplug->operation.how);
	if (rc) {
		operation_cancel(&hotplug->operation);
		on_answer(guest, rc);
	}
}

void guest_hotplug(struct backend_guest *guest, const json_t *side, int evidence_fd)
{
	const json_t *wanted =
		json_object_get(json_object_get(json_object_get(side, "settings"), "libxl"), "pci");
	struct problem why = { 0 };
	int r;

	guest->hotplug.record_fd = evidence_fd;
	r = put_devices(guest->devices, wanted, &guest->hotplug.detach, &why);
	if (r == 0)
		r = put_devices(wanted, guest->devices, &guest->hotplug.attach, &why);
	if (r < 0) {
		watch_end(guest, ENDING_BAD_CELL, "%s", why.text);
		return;
	}
	step(guest);
}
