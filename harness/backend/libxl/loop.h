/* libxl's file descriptors and timeouts as sources of an sd-event loop. */
#ifndef IGD_BACKEND_LIBXL_LOOP_H
#define IGD_BACKEND_LIBXL_LOOP_H

#include <systemd/sd-event.h>

#include "harness/backend/libxl/libxl_compat.h"

struct registration;

struct xen_loop {
	sd_event *event;
	libxl_ctx *ctx;
	struct registration *first; /* what libxl waits for */
};

/*
 * Registers the hooks of the context. This must be the first use of the context after its
 * allocation. `loop` must outlive the context; it takes a reference to `event`.
 */
void xen_loop_init(struct xen_loop *loop, sd_event *event, libxl_ctx *ctx);

/* Removes every source: this loop does not call libxl again. */
void xen_loop_finish(struct xen_loop *loop);

#endif
