/*
 * The host: its connections to libxl, xenstore and the hypervisor, and the removal of what killed
 * runs left.
 */
#ifndef IGD_BACKEND_LIBXL_HOST_H
#define IGD_BACKEND_LIBXL_HOST_H

#include <jansson.h>
#include <stdint.h>
#include <systemd/sd-event.h>
#include <xenctrl.h>
#include <xenstore.h>

#include "harness/backend/backend.h"
#include "harness/backend/boot/boot_disk.h"
#include "harness/backend/libxl/session.h"

struct backend_host {
	const struct backend_options *options; /* borrowed */
	sd_event *event;
	struct session *session; /* for queries; each guest has its own session */
	struct xs_handle *store;
	xc_interface *xc;
	char device_model[256]; /* path of the QEMU; "" if none was found */
	json_t *tidied;         /* array of strings: what killed runs left and open() removed */
	struct backend_guest *guests;
	uint64_t serial; /* of the last guest */
	struct boot_disks boot_disks;
};

/*
 * The back end's open(). Returns 0 and the host, which the caller closes with host_close(); or a
 * negative errno with the sentence: those of session_open(), -EPROTO if the hypervisor is not of
 * the version that the libraries are for, -EBUSY if a domain of a killed run cannot be destroyed.
 */
int host_open(const struct backend_options *options, sd_event *loop, struct backend_host **host_r,
	struct problem *why);

/* The back end's close(): frees the host; NULL is allowed. */
void host_close(struct backend_host *host);

#endif
