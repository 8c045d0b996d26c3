/* The qemu back end; what it does is told in qemu.c. */
#ifndef IGD_BACKEND_QEMU_QEMU_H
#define IGD_BACKEND_QEMU_QEMU_H

#include "harness/backend/backend.h"

extern const struct backend backend_qemu;

#endif
