/* What remains of a guest after its destruction, and its removal by force. */
#ifndef IGD_BACKEND_LIBXL_LEFTOVER_H
#define IGD_BACKEND_LIBXL_LEFTOVER_H

#include <jansson.h>

#include "harness/backend/libxl/domid.h"

struct backend_guest;

/* The highest level of leftover_force(). */
#define LEFTOVER_FORCE_MAX 3

/*
 * Returns the domain with the guest's UUID, also while it is dying; INVALID_DOMID if there is none
 * or the domains cannot be listed.
 */
struct domid leftover_domain(struct backend_guest *guest);

/*
 * Returns what remains of the guest as an array of strings, a new reference; NULL without memory.
 */
json_t *leftover_list(struct backend_guest *guest);

/*
 * Kills the guest's QEMU and, if the domain is gone, removes xenstore paths and files. From level 2
 * on it destroys a domain that is not gone, without libxl.
 */
void leftover_force(struct backend_guest *guest, unsigned int level);

#endif
