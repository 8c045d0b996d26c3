/*
 * Moving a PCI device between dom0 and the pool that guests are given from: the lease's hands.
 */
#include <errno.h>

#include "harness/xen/xen.h"

static void fill(libxl_device_pci *pci, struct bdf device)
{
	libxl_device_pci_init(pci);
	pci->domain = device.domain;
	pci->bus = device.bus;
	pci->dev = device.slot;
	pci->func = device.function;
}

/* One of libxl's two calls that move a device; `name` is for the sentence. */
static int move(struct backend_host *host, struct bdf device,
	int (*call)(libxl_ctx *ctx, libxl_device_pci *pci, int rebind), const char *name,
	struct problem *why)
{
	libxl_device_pci pci;
	char errors[300];
	int rc;

	fill(&pci, device);
	/* rebind: libxl notes the driver in xenstore, and gives the device back to it. */
	rc = call(host->session->ctx, &pci, 1);
	libxl_device_pci_dispose(&pci);
	if (rc == 0)
		return 0;
	xen_log_errors(&host->session->log, errors, sizeof(errors));
	return problem_set(why, -EIO, "%s failed, rc %d (%s): %s", name, rc, rc_text(rc),
		errors[0] ? errors : "no message");
}

static int make_assignable(void *host, struct bdf device, struct problem *why)
{
	return move(host, device, libxl_device_pci_assignable_add,
		"libxl_device_pci_assignable_add()", why);
}

static int give_back(void *host, struct bdf device, struct problem *why)
{
	return move(host, device, libxl_device_pci_assignable_remove,
		"libxl_device_pci_assignable_remove()", why);
}

static int is_assignable(void *data, struct bdf device, bool *assignable_r, struct problem *why)
{
	struct backend_host *host = data;
	libxl_device_pci *list;
	int count = 0;

	/* NULL is an empty list too: libxl tells a pciback that is missing by its log alone. */
	list = libxl_device_pci_assignable_list(host->session->ctx, &count);
	*assignable_r = false;
	for (int i = 0; list && i < count; i++) {
		struct bdf other = {
			.domain = (uint16_t)list[i].domain,
			.bus = list[i].bus,
			.slot = list[i].dev,
			.function = list[i].func,
		};

		if (bdf_equal(other, device))
			*assignable_r = true;
	}
	libxl_device_pci_assignable_list_free(list, count);
	return 0;
}

const struct lease_hands device_hands = {
	.make_assignable = make_assignable,
	.give_back = give_back,
	.is_assignable = is_assignable,
};
