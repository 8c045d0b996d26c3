/* PCI devices between dom0 and the pool from which guests get them. */
#ifndef IGD_BACKEND_LIBXL_DEVICE_H
#define IGD_BACKEND_LIBXL_DEVICE_H

#include "harness/backend/device_lease.h"

/* The back end's `devices`; `host` of its functions is the struct backend_host. */
extern const struct device_ops libxl_device_ops;

#endif
