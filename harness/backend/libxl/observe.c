/*
 * What libxl, QEMU and the hypervisor themselves say of a guest, asked when it is made and has not
 * yet run: what its firmware and kernel find later is then theirs.
 *
 *   libxl.json      where libxl believes each passed-through device to be, and the configuration
 *                   that it made the guest from
 *   qemu-qtree.txt  QEMU's devices with their properties, "info qtree"
 *   qemu-pci.txt    QEMU's PCI devices with their BARs, "info pci"
 *   xen.log         of a guest with a device also its "I/O Ports" and "I/O Memory", key 'q'
 *
 * It is evidence only. What cannot be had is said in libxl.log, and the guest runs nevertheless.
 */
#include "harness/backend/libxl/observe.h"

#include <errno.h>
#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "harness/backend/libxl/alarm.h"
#include "harness/backend/libxl/config_merge.h"
#include "harness/backend/libxl/evidence.h"
#include "harness/backend/libxl/guest.h"
#include "harness/backend/libxl/libxl_compat.h"
#include "harness/backend/libxl/log.h"
#include "harness/backend/libxl/session.h"
#include "src/bdf.h"
#include "src/document.h"

/*
 * For all questions together: libxl_qemu_monitor_command() itself waits without an end. The guest
 * is then let run with the question open; a QEMU that answers nothing does not answer that either,
 * and the limit of the cell ends it.
 */
#define OBSERVE_LIMIT_MS 20000

static const struct {
	const char *command, *file;
} questions[] = {
	{ "info qtree", "qemu-qtree.txt" },
	{ "info pci", "qemu-pci.txt" },
};

#define QUESTIONS (sizeof(questions) / sizeof(questions[0]))

/* {"host": "0000:00:02.0", "guest": "0000:00:02.0"}; null if libxl has no place for it. */
static json_t *describe_device(const libxl_device_pci *device)
{
	const struct bdf host = { (uint16_t)device->domain, device->bus, device->dev,
		device->func };
	/* In the guest all are on bus 0. Of devfn 0, the host bridge's, libxl means "not known". */
	const struct bdf guest = { 0, 0, (uint8_t)(device->vdevfn >> 3 & 0x1f),
		(uint8_t)(device->vdevfn & 7) };
	char host_text[BDF_TEXT_MAX], guest_text[BDF_TEXT_MAX];

	bdf_format(host, host_text);
	bdf_format(guest, guest_text);
	return json_pack(
		"{s:s, s:s?}", "host", host_text, "guest", device->vdevfn != 0 ? guest_text : NULL);
}

json_t *observe_describe(uint32_t domid, const libxl_device_pci *devices, int count)
{
	json_t *document = document_new(DOCUMENT_LIBXL, DOCUMENT_VERSION), *list = json_array();

	for (int i = 0; i < count; i++)
		json_array_append_new(list, describe_device(&devices[i]));
	json_object_set_new(document, "domid", json_integer(domid));
	if (json_object_set_new(document, "pci", list) < 0 ||
		json_array_size(list) != (size_t)count) {
		json_decref(document);
		return NULL;
	}
	return document;
}

static void record_devices(struct backend_guest *guest)
{
	int count = 0;
	libxl_device_pci *devices =
		libxl_device_pci_list(guest->session->ctx, guest->domid.id, &count);
	json_t *document = observe_describe(guest->domid.id, devices, devices ? count : 0);
	/* libxl has written into it what the cell left open. */
	json_t *config = config_to_json(guest->session->ctx, &guest->config);
	char *text = NULL;

	if (config && json_object_set(document, "config", config) == 0)
		text = json_dumps(document, JSON_INDENT(2));
	json_decref(config);
	if (text)
		evidence_write(guest, "libxl.json", text);
	else
		xen_log_note(&guest->session->log, "libxl.json: out of memory");
	free(text);
	json_decref(document);
	if (devices)
		libxl_device_pci_list_free(devices, count);
}

/*
 * Lets Xen write its domains into its ring, dump_domains() in common/keyhandler.c. Of a guest with
 * an IGD that tells whether QEMU gave it the legacy VGA ranges (hw/xen/xen_pt_graphics.c).
 */
static void dump_domains(struct backend_guest *guest)
{
	char key[] = "q";
	int rc;

	if (guest->config.num_pcidevs == 0)
		return;
	rc = libxl_send_debug_keys(guest->session->ctx, key);
	if (rc)
		xen_log_note(&guest->session->log, "debug key 'q': %s", rc_text(rc));
}

static void over(struct backend_guest *guest)
{
	alarm_stop(&guest->limit);
	guest->observation.done = true;
	guest->observation.over(guest);
}

static void late(struct backend_guest *guest)
{
	if (guest->destroying || guest->ended || guest->observation.done)
		return;
	xen_log_note(&guest->session->log, "QEMU has not answered \"%s\" for %d ms",
		questions[guest->observation.question].command, OBSERVE_LIMIT_MS);
	over(guest);
}

static void ask(struct backend_guest *guest);

/* Perhaps before ask() returns. */
static void on_answer(void *user, int rc)
{
	struct backend_guest *guest = user;
	struct observation *observation = &guest->observation;
	unsigned int question = observation->question;

	if (rc == 0 && observation->answer)
		evidence_write(guest, questions[question].file, observation->answer);
	else
		xen_log_note(&guest->session->log, "QEMU does not answer \"%s\": %s",
			questions[question].command, rc_text(rc));
	free(observation->answer);
	observation->answer = NULL;
	if (guest->destroying || guest->ended || observation->done)
		return;
	observation->question++;
	ask(guest);
}

static void ask(struct backend_guest *guest)
{
	struct observation *observation = &guest->observation;
	int rc;

	if (observation->question == QUESTIONS) {
		over(guest);
		return;
	}
	operation_begin(&observation->ask, guest->session, on_answer, guest);
	rc = libxl_qemu_monitor_command(guest->session->ctx, guest->domid.id,
		questions[observation->question].command, &observation->answer,
		&observation->ask.how);
	if (rc) {
		operation_cancel(&observation->ask);
		on_answer(guest, rc);
	}
}

void observe_begin(struct backend_guest *guest, void (*observed)(struct backend_guest *guest))
{
	/* The guest is asked a second time after hotplug(); unless the first question is open. */
	if (operation_busy(&guest->observation.ask)) {
		observed(guest);
		return;
	}
	guest->observation = (struct observation){ .over = observed };
	record_devices(guest);
	dump_domains(guest);
	alarm_set(&guest->limit, OBSERVE_LIMIT_MS, late);
	ask(guest);
}
