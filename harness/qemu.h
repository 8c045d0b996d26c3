/* The qemu back end; what it does is told in qemu.c. */
#ifndef IGD_QEMU_H
#define IGD_QEMU_H

#include "harness/backend/backend.h"

extern const struct backend backend_qemu;

#endif
