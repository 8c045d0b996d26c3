/*
 * Other devices for a guest that runs: those that it is not to have any more are detached, then the
 * new ones are attached, one after the other.
 */
#ifndef IGD_BACKEND_LIBXL_HOTPLUG_H
#define IGD_BACKEND_LIBXL_HOTPLUG_H

#include <jansson.h>

#include "harness/backend/libxl/libxl_compat.h"
#include "harness/backend/libxl/session.h"

struct backend_guest;

struct hotplug {
	struct operation operation;
	libxl_domain_config detach, attach; /* of each only the devices */
	int next;                           /* of both lists together */
	int record_fd;                      /* the folder of the guest as it is then, borrowed */
};

void hotplug_init(struct hotplug *hotplug);

/* Frees the lists. */
void hotplug_finish(struct hotplug *hotplug);

/* The back end's hotplug(). */
void guest_hotplug(struct backend_guest *guest, const json_t *side, int evidence_fd);

#endif
