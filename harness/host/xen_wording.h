/* One wording of a message of Xen (results/data/xen-messages.yaml): words, and places for what
 * changes. */
#ifndef IGD_HOST_XEN_WORDING_H
#define IGD_HOST_XEN_WORDING_H

#include <stdbool.h>

#include "harness/host/xen_messages.h"

/* Does the text begin with words, and has its places names that there are? */
bool xen_wording_is_valid(const char *text);

/*
 * Is the wording in the line? Then sets text, device, start and end of *match_r, and leaves the
 * rest. Numbers are at most 64 bits, a name has at most 63 bytes.
 */
bool xen_wording_fits(const char *text, const char *line, struct xen_match *match_r);

#endif
