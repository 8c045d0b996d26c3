/*
 * Moving a PCI device between dom0 and the pool that guests are given from: struct device_ops.
 */
#include "harness/backend/libxl/device.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "harness/backend/libxl/host.h"
#include "harness/backend/libxl/libxl_compat.h"
#include "harness/backend/libxl/log.h"
#include "harness/backend/libxl/session.h"
#include "harness/base/escape.h"
#include "src/problem.h"

#define PCIBACK "/sys/bus/pci/drivers/pciback"

static void fill(libxl_device_pci *pci, struct bdf device)
{
	libxl_device_pci_init(pci);
	pci->domain = device.domain;
	pci->bus = device.bus;
	pci->dev = device.slot;
	pci->func = device.function;
}

static bool is_device(const libxl_device_pci *pci, struct bdf device)
{
	struct bdf other = {
		.domain = (uint16_t)pci->domain,
		.bus = pci->bus,
		.slot = pci->dev,
		.function = pci->func,
	};

	return bdf_equal(other, device);
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
	if (access(PCIBACK, F_OK) < 0)
		return problem_set(why, -ENODEV,
			"xen-pciback is not loaded in this dom0, so no device "
			"can be made assignable: `modprobe xen-pciback`");
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

	/* libxl would only complain of it in its log. */
	*assignable_r = false;
	if (access(PCIBACK, F_OK) < 0)
		return 0;
	list = libxl_device_pci_assignable_list(host->session->ctx, &count);
	for (int i = 0; list && i < count; i++) {
		if (is_device(&list[i], device))
			*assignable_r = true;
	}
	libxl_device_pci_assignable_list_free(list, count);
	return 0;
}

static bool has_device(libxl_ctx *ctx, uint32_t domid, struct bdf device)
{
	int count = 0;
	libxl_device_pci *list = libxl_device_pci_list(ctx, domid, &count);
	bool has = false;

	for (int i = 0; list && i < count; i++)
		has = has || is_device(&list[i], device);
	libxl_device_pci_list_free(list, count);
	return has;
}

static int find_holder(
	void *data, struct bdf device, char holder[static LEASE_HOLDER_MAX], struct problem *why)
{
	struct backend_host *host = data;
	libxl_ctx *ctx = host->session->ctx;
	int count = 0;
	libxl_dominfo *domains = libxl_list_domain(ctx, &count);

	holder[0] = '\0';
	if (!domains)
		return problem_set(why, -EIO, "libxl_list_domain() failed");
	for (int i = 0; i < count && !holder[0]; i++) {
		char *name;

		if (!libxl_domid_valid_guest(domains[i].domid) || domains[i].domid == 0 ||
			!has_device(ctx, domains[i].domid, device))
			continue;
		name = libxl_domid_to_name(ctx, domains[i].domid);
		snprintf(holder, LEASE_HOLDER_MAX, "domain %u (%s)", domains[i].domid,
			name ? name : "without a name");
		escape_printable(holder);
		free(name);
	}
	libxl_dominfo_list_free(domains, count);
	return 0;
}

const struct device_ops libxl_device_ops = {
	.make_assignable = make_assignable,
	.give_back = give_back,
	.is_assignable = is_assignable,
	.find_holder = find_holder,
};
