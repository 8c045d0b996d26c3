/*
 * The controller: runs the cells of a plan on a host under test, one at a time, and judges them
 * here. The state is the run directory on the controller. If the host crashes, the controller
 * power-cycles it and continues the run. harness/store/attempt.h decides how often a cell is tried,
 * by the host's boot ids, as for a run on one machine.
 *
 * run.json has, besides the identities of the host,
 *   "dut": {"name": "rack-3", "labels": ["coffee-lake"],
 *           "given": "/home/me/hosts/rack-3.yaml",   or "lab:bookworm", to find it again
 *           "tree": "/usr", "lab": null}             folders here
 * The rest of the description is not stored, because power commands may contain passwords.
 */
#ifndef IGD_DUT_DRIVER_H
#define IGD_DUT_DRIVER_H

#include <jansson.h>
#include <stdbool.h>

#include "harness/dut/dut.h"
#include "harness/logs/patterns.h"
#include "harness/session/session.h"
#include "harness/store/run_dir.h"

/* What a host has to pass before the first cell; all borrowed. */
struct dut_health {
	bool ask_host;              /* `igd-harness host` there is not FAIL */
	const char *matrix;         /* of the known good cell: a name or a path on the host */
	const char *cell;           /* its name: it ends as expected; NULL: there is none */
	const char *options;        /* of its run, quoted for a shell */
	void (*passed)(void *data); /* called before the run begins */
	void *data;
};

struct dut_job {
	const struct dut_health *health; /* NULL: the host is believed as it is */
	const struct dut *dut;
	const char *tree;                    /* the installed tree to copy to the host */
	const char *lab;                     /* directory of the lab's commands as given, or NULL */
	const struct session_wishes *wishes; /* `first` is for the host's own order, and not used */
};

/*
 * Runs a plan: makes the run directory `out`, reads the host's identities by `igd-harness run
 * --no-cells` with `options` (quoted for a shell) on the host, stores them and runs the cells.
 * Returns the exit status, or a negative errno with a message; -EEXIST if `out` exists. Nothing is
 * left of a run that did not begin: -EBUSY if a different run uses the host, -EHOSTDOWN if it does
 * not answer or fails its health check, before `health->passed` is called.
 */
int dut_run(const struct dut_job *job, const char *out, const char *matrix, const char *options,
	const json_t *plan, const struct patterns *patterns, struct problem *why);

/*
 * Resumes a run on the host that its run.json names. The description is read again, so changes to
 * it count. Returns as dut_run().
 */
int dut_resume(const struct store *store, const json_t *run, const json_t *plan,
	const struct patterns *patterns, const struct session_wishes *wishes, struct problem *why);

/*
 * Releases the labgrid place of a run that was killed before run.json was stored and so cannot be
 * resumed; prints a message. Does nothing if the run holds no place or is still running.
 */
void dut_forsake(const char *dir);

/*
 * The tags of the host's labgrid place, as "KEY=VALUE"; none of a host without a place. Returns 0
 * and a new reference; -EIO with the sentence if the coordinator does not answer; -ENOMEM.
 */
int dut_tags(const struct dut *dut, json_t **tags_r, struct problem *why);

#endif
