/*
 * passed/BB:DD.F/KEY: a device of the host, where it is in the guest.
 *
 * The guest does not know the address on the host. The device is found by its ids, which QEMU hands
 * through (xen_pt_config_init.c): vendor, device and subsystem, as the host's own section "pci" has
 * them.
 */
#ifndef IGD_EVIDENCE_PASSED_H
#define IGD_EVIDENCE_PASSED_H

#include <jansson.h>

#include "harness/evidence/fields.h"
#include "src/problem.h"

/* Is "BB:DD.F" or "DDDD:BB:DD.F", with or without a key, such a field's rest? 0, or -EINVAL with
 * the sentence. */
int passed_check(const char *rest, struct problem *why);

/*
 * As evidence_get(). JSON null if the guest does not have the device; -ENODATA if the run did not
 * record it of the host, or if the guest has more functions of these ids than one.
 */
int passed_get(
	const struct evidence *evidence, const char *rest, json_t **value_r, struct problem *why);

#endif
