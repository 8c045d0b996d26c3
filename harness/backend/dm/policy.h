/*
 * The policies: what another libxl would have put on QEMU's command line. docs/topics/policies.md.
 *
 * Pure: a list of arguments goes in, and is changed. What a policy does not understand it refuses;
 * it never guesses.
 */
#ifndef IGD_BACKEND_DM_POLICY_H
#define IGD_BACKEND_DM_POLICY_H

#include "harness/backend/dm/arguments.h"

struct policy {
	const char *name; /* as in the libxl setting `policy` */
	const char *about;
	const char *source; /* the patch it stands for */
	/* Returns 0; -EINVAL with the sentence if the arguments are not of the form that libxl
	 * builds; -ENOMEM. After an error the list is of no use. */
	int (*apply)(struct arguments *arguments, struct problem *why);
};

/* Ends with a NULL name. */
extern const struct policy policies[];

/* NULL for a name that is no policy. */
const struct policy *policy_find(const char *name);

/* What QEMU is being asked to do. */
enum dm_call {
	DM_CALL_GUEST,
	DM_CALL_PROBE,   /* libxl of Xen 4.20 on asks QEMU what it can do: machine "none" */
	DM_CALL_QUESTION /* -version, -help: nothing is run */
};

enum dm_call dm_call(const struct arguments *arguments);

#endif
