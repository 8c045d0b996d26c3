/*
 * A libxl back end for checks, as the module igd-xen.so in a folder IGD_MODULES: it does not
 * answer, as libxl where xenstored hangs.
 */
#include <unistd.h>

#include "harness/backend/backend.h"

static int open_host(const struct backend_options *options, sd_event *loop,
	struct backend_host **host_r, struct problem *why)
{
	(void)options, (void)loop, (void)host_r, (void)why;
	/* A handler of the program does not end the call either. */
	for (;;)
		pause();
	return 0;
}

static const struct backend hanging = { .name = "libxl", .about = "hangs", .open = open_host };

extern const struct backend_module igd_backend_module;

__attribute__((visibility("default"))) const struct backend_module igd_backend_module = {
	.abi = BACKEND_ABI,
	.backend = &hanging,
};
