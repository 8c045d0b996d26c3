/* The number of a Xen domain. */
#ifndef IGD_BACKEND_LIBXL_DOMID_H
#define IGD_BACKEND_LIBXL_DOMID_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/backend/libxl/libxl_compat.h"

struct domid {
	uint32_t id; /* INVALID_DOMID while it is not known */
};

/* Returns whether the number can be a guest's: neither dom0 nor one of Xen's reserved numbers. */
static inline bool domid_is_guest(struct domid domid)
{
	return libxl_domid_valid_guest(domid.id);
}

#endif
