/*
 * What igd-dm is told by the back end that has libxl start it: a document beside the path by which
 * libxl calls it, PATH.json.
 * docs/schema/dm.json.
 */
#ifndef IGD_BACKEND_DM_ORDERS_H
#define IGD_BACKEND_DM_ORDERS_H

#include "harness/backend/dm/policy.h"

#define ORDERS_SUFFIX   ".json"
#define ORDERS_FILE_MAX 65536

/* How the sentences begin that igd-dm leaves in QEMU's log: its own, and those of a policy. */
#define DM_SAYS        "igd-dm: "
#define DM_POLICY_SAYS "igd-dm: policy "

/* In the cell's folder, one argument a line, QEMU's path first. */
#define DM_LIBXL_ARGUMENTS  "qemu-args-libxl.txt"  /* as libxl built them */
#define DM_POLICY_ARGUMENTS "qemu-args-policy.txt" /* as QEMU is given them */
#define DM_PROBE_ARGUMENTS  "qemu-probe-args.txt"  /* of libxl's probe, which is passed on as is */

struct orders {
	char *qemu, *evidence;
	const struct policy *policy;
};

/* Reads them. Returns 0 and the orders, to be given to orders_finish(); a negative errno with the
 * sentence. */
int orders_read(const char *path, struct orders *orders_r, struct problem *why);

/* Writes them into a new file. Returns 0, or a negative errno with the sentence. */
int orders_write(const char *path, const struct orders *orders, struct problem *why);

/* Frees what orders_read() gave; zeroed ones are fine. */
void orders_finish(struct orders *orders);

#endif
