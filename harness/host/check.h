/*
 * Checks of a host: can IGD passthrough be tested here, and if not, why? Each host/check_*.c has a
 * table; a new check is one function and one line there. A check reads a struct host_view and
 * changes nothing.
 *
 * A check answers UNKNOWN, never FAIL, if the fact cannot be read: Xen's ring has overflowed, or
 * only root may read the file.
 */
#ifndef IGD_HOST_CHECK_H
#define IGD_HOST_CHECK_H

#include <stdbool.h>

#include "harness/host/answer.h"
#include "harness/host/view.h"

struct host_check {
	const char *id; /* NULL ends a table */
	const char *about;
	/* `decides`: the capability (docs/use/matrix.md, `requires`) that the host has if and only
	 * if the check passes. `blocks`: the capability that the host lacks if the check fails,
	 * whatever other checks say. NULL: none. */
	const char *decides, *blocks;
	const char *advice; /* what to do about FAIL or UNKNOWN */
	void (*look)(const struct host_view *view, struct host_answer *answer);
	bool needs_igd; /* not applicable without an Intel display function at 0000:00:02.0 */
	bool needed;    /* no IGD passthrough without it: UNKNOWN is then the host's verdict */
};

struct host_group {
	const char *name; /* NULL ends the table */
	const struct host_check *checks;
};
extern const struct host_group host_groups[];

extern const struct host_check host_checks_xen[];
extern const struct host_check host_checks_vtd[];
extern const struct host_check host_checks_igd_vtd[];
extern const struct host_check host_checks_igd[];
extern const struct host_check host_checks_rom[];
extern const struct host_check host_checks_memory[];
extern const struct host_check host_checks_qemu[];
extern const struct host_check host_checks_guest[];

#endif
