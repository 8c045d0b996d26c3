/* Versions and builds of what is under test: hypervisor, libxl, QEMU, firmware, dom0. */
#ifndef IGD_BACKEND_LIBXL_IDENTITY_H
#define IGD_BACKEND_LIBXL_IDENTITY_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "harness/backend/backend.h"

/*
 * The back end's identify(): adds to the object `identities`, whose form harness/backend/backend.h
 * documents. Returns 0 or a negative errno with the sentence: -ENOMEM, -EIO if the hypervisor
 * does not report its capabilities, -ENOENT without a QEMU, -EPROTO if its version is not readable.
 */
int host_identify(struct backend_host *host, json_t *identities, struct problem *why);

/*
 * Copies the dotted number at the start of a text: "4.17.7-pre" gives "4.17.7". Returns false if
 * there is none or if it is longer than `size` - 1 characters.
 */
bool dotted_number(const char *text, char *number, size_t size);

#endif
