/*
 * From a plan in a run directory to the findings: what `run` and `resume` have in common.
 */
#ifndef IGD_SESSION_SESSION_H
#define IGD_SESSION_SESSION_H

#include <jansson.h>
#include <stdbool.h>

#include "harness/backend/backend.h"
#include "harness/logs/patterns.h"
#include "harness/run/runner.h"
#include "harness/run/terminal.h"
#include "harness/store/run_dir.h"

/*
 * The settings of a run, as run.json keeps them under "settings": {"backend": "libxl", "slow": 1.0,
 * "keep_lease": false, "jobs": 1, "guests": ..., "device_model": ..., "accelerator": ..., "replay":
 * ..., "models": {NAME: PATH}}, null where nothing was said; paths are absolute. A new object, or
 * NULL without memory.
 */
json_t *session_settings(
	const char *backend, const struct backend_options *options, const struct runner *runner);

/* Reads them back, into the runner what is the runner's; the strings are borrowed from `settings`.
 * Returns 0, or -EINVAL. */
int session_settings_read(const json_t *settings, const char **backend_r,
	struct backend_options *options_r, struct runner *runner);

/* Adds to a runner's identities what the guests of the plan are ("guests",
 * harness/backend/image.h) and the devices that they are given, unless a replay brought it. */
void session_identify(
	struct runner *runner, const struct backend_options *options, const json_t *plan);

/*
 * Is what is under test, and the host, what it was? Compares two identities of a run but for what
 * changes by itself. Returns 0, or -ESTALE with the first difference in `why`.
 */
int session_same(const json_t *before, const json_t *now, struct problem *why);

/*
 * Opens the back end of a run that is gone on with, as its settings say, on this host: gives back
 * a device that a killed harness had leased, and refuses a host that is not what it was, or that
 * broke during the run and was not rebooted since (harness/store/host_broken.h). Fills
 * `options`, which have to outlive the runner, as `run` does. Returns 0, to be closed with
 * runner_close() as on failure; -ENOTSUP if the run has no settings; another negative errno; each
 * with the sentence.
 */
int session_reopen(struct runner *runner, struct backend_options *options,
	const struct store *store, const json_t *run, const json_t *plan, struct problem *why);

/* Freezes the patterns and the host's document, if there are any, and seals what is frozen. */
int session_seal(const struct store *store, const struct patterns *patterns, const json_t *host,
	struct problem *why);

/*
 * Judges the whole, keeps the findings in the store and prints them at that level. Returns the exit
 * status, or a negative errno with the sentence.
 */
int session_conclude(const struct store *store, const json_t *run, const json_t *plan,
	const struct patterns *patterns, enum output_level level, struct problem *why);

/* How the user wants a run to go, which changes no verdict and is not stored. */
struct session_wishes {
	enum output_level level;
	unsigned int max_fail;  /* harness/session/enough.h; 0: no limit */
	uint64_t time_limit_ms; /* likewise */
	bool keep;              /* leave each guest running, until told to stop */
	const json_t *first;    /* {NAME: anything}: these cells begin before all others; or NULL */
};

/*
 * Runs what is left of the plan, judges the whole, keeps the findings in the store and prints them
 * as wished. Returns the exit status, or a negative errno with the sentence.
 */
int session_run(struct runner *runner, const struct store *store, const json_t *run,
	const json_t *plan, const struct patterns *patterns, const struct session_wishes *wishes,
	struct problem *why);

#endif
