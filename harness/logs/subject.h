/*
 * Is a line of a log about this cell? Xen's log and dom0's are those of the whole host, and lines
 * of other domains and devices stand in them. A line that names a domain or a device, but not the
 * cell's own, decides nothing.
 */
#ifndef IGD_LOGS_SUBJECT_H
#define IGD_LOGS_SUBJECT_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/logs/patterns.h"
#include "src/bdf.h"

#define LOG_SUBJECT_DOMIDS_MAX  2 /* a transition has two domains */
#define LOG_SUBJECT_DEVICES_MAX 16

/* The domains and the passed-through devices of a cell. All zero: nothing is known. */
struct log_subject {
	unsigned int domids[LOG_SUBJECT_DOMIDS_MAX];
	size_t domid_count; /* 0: not known, a domid in a line is not compared */
	struct bdf host[LOG_SUBJECT_DEVICES_MAX];
	size_t host_count;
	bool host_known; /* else an address on the host is not compared */
	struct bdf guest[LOG_SUBJECT_DEVICES_MAX];
	size_t guest_count; /* 0: an address in the guest is not compared */
};

/*
 * Does the line name domains or devices, and none of the subject's? A domid decides before an
 * address. Domain 0 and Xen's own (from DOMID_FIRST_RESERVED, 0x7ff0, xen/include/public/xen.h) are
 * no guests and are not compared. Addresses in libxl's, Xen's and dom0's logs are the host's, in
 * the console the guest's; in QEMU's log those in a path of sysfs are the host's, the short ones
 * the guest's, and the others are not compared. `subject` may be NULL: false.
 */
bool log_subject_is_elsewhere(
	const struct log_subject *subject, enum pattern_log log, const char *line);

/* The first guest that a log of libxl names ("Domain 3:"). 0, or -ENODATA if it names none. */
int log_subject_first_domid(const char *log, size_t length, unsigned int *domid_r);

#endif
