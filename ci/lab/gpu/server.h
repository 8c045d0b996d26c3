/*
 * The server: one thread that waits for its client, its control socket, the end of a frame and a
 * signal. It takes one client after the other, and refuses a second one at the same time.
 */
#ifndef IGD_GPU_SERVER_H
#define IGD_GPU_SERVER_H

#include "ci/lab/gpu/gpu.h"
#include "src/problem.h"

struct server_options {
	const char *socket;  /* where QEMU connects */
	const char *control; /* where commands come from; NULL: nowhere */
	bool once;           /* end with the first client */
};

/* Serves until SIGINT or SIGTERM. Returns 0, or a negative errno if it could not begin. */
int server_run(struct gpu *gpu, const struct server_options *options, struct problem *why);

#endif
