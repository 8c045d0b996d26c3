/* `run --dut label=LABEL`: a free host of the configuration that has the label. */
#ifndef IGD_CLI_FREE_HOST_H
#define IGD_CLI_FREE_HOST_H

#include <stdbool.h>

#include "harness/dut/driver.h"
#include "src/problem.h"

#define FREE_HOST_LABEL "label="

struct free_host_request {
	const char *label;
	const struct dut_places *places;
	const char *options; /* of the run of a known good cell, quoted for a shell */
	bool ask_host;       /* the health check asks `igd-harness host` */
	/* Runs on that host; returns as dut_run(). */
	int (*run)(void *data, const struct dut *dut, const struct dut_health *health,
		struct problem *why);
	void *data;
};

/*
 * Tries the hosts that have the label in their order in the configuration: by its `labels`, by
 * those of the host's description, or as the tag KEY=VALUE, KEY or VALUE of its labgrid place. A
 * host that is set aside, or that a different run uses, is passed over; one that fails its health
 * check is noted (harness/dut/roster.h), and the next is tried. Says each on stderr.
 *
 * Returns what `run` returned on the host that was taken; -EINVAL with the sentence if no host has
 * the label; -EHOSTDOWN with the sentence if none of them can be taken; a different negative errno
 * with the sentence.
 */
int free_host_run(const struct free_host_request *request, struct problem *why);

#endif
