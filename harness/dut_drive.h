/*
 * The controller: runs the cells of a plan on a host under test, one after the other, and judges
 * here. The run directory here is the state; the host may die at any moment, is switched off and on
 * by its description, and the run goes on. What decides how often a cell is tried is
 * harness/attempt.h, by the host's boot ids, as for a run on one machine.
 *
 * run.json has, beside what the host said of itself,
 *   "dut": {"name": "rack-3", "labels": ["coffee-lake"],
 *           "given": "/home/me/hosts/rack-3.yaml",   or "lab:bookworm", to find it again
 *           "tree": "/usr", "lab": null}             folders here
 * and nothing else of the description: power commands may have passwords in them.
 */
#ifndef IGD_DUT_DRIVE_H
#define IGD_DUT_DRIVE_H

#include <jansson.h>
#include <stdbool.h>

#include "harness/dut.h"
#include "harness/patterns.h"
#include "harness/store.h"

struct dut_job {
	const struct dut *dut;
	const char *tree; /* the installed tree to copy to the host */
	const char *lab;  /* where the lab's commands are, as given; or NULL */
	bool quiet;
};

/*
 * Begins a run: makes the run directory `out`, has the host say what it is, with `options` for its
 * `igd-harness run` (words of a shell), freezes all and drives it. Returns the exit status, or a
 * negative errno with the sentence, -EEXIST if `out` is there.
 */
int dut_run(const struct dut_job *job, const char *out, const char *matrix, const char *options,
	const json_t *plan, const struct patterns *patterns, struct problem *why);

/*
 * Goes on with one, on the host that its run.json names; of a description, as it is now. Returns
 * as dut_run() does.
 */
int dut_resume(const struct store *store, const json_t *run, const json_t *plan,
	const struct patterns *patterns, bool quiet, struct problem *why);

/*
 * A run that was killed before it was frozen is none to go on with, but may hold a place of
 * labgrid's: gives that back, and says so. Without one, or while the run is alive, nothing.
 */
void dut_forsake(const char *dir);

#endif
