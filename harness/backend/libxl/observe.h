/* The state that libxl, QEMU and Xen report of a guest that was created and does not run yet. */
#ifndef IGD_BACKEND_LIBXL_OBSERVE_H
#define IGD_BACKEND_LIBXL_OBSERVE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "harness/backend/libxl/libxl_compat.h"
#include "harness/backend/libxl/session.h"

struct backend_guest;

struct observation {
	struct operation ask;
	char *answer; /* libxl writes it */
	unsigned int question;
	bool done;
	void (*over)(struct backend_guest *guest);
};

/*
 * Records the state as files of the evidence. Then calls observed(guest), perhaps before it
 * returns: after the last answer or a time limit, also if a query failed. Does not call it if the
 * guest has ended or is being destroyed.
 */
void observe_begin(struct backend_guest *guest, void (*observed)(struct backend_guest *guest));

/*
 * libxl.json: {"format": "igd-harness libxl", "version": 1, "domid": 5,
 *   "pci": [{"host": "0000:00:02.0", "guest": "0000:00:02.0"}]}
 * with the passed-through devices as libxl lists them; "guest" is null if libxl does not know the
 * address. Returns a new reference, or NULL without memory.
 */
json_t *observe_describe(uint32_t domid, const libxl_device_pci *devices, int count);

#endif
