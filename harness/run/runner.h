/*
 * The runner: the cells of a plan on one host, one after the other or some side by side.
 */
#ifndef IGD_RUN_RUNNER_H
#define IGD_RUN_RUNNER_H

#include <jansson.h>
#include <stdbool.h>
#include <systemd/sd-event.h>

#include "harness/backend/backend.h"
#include "harness/backend/device_lease.h"
#include "harness/logs/host_watch.h"
#include "harness/plan/schedule.h"
#include "harness/run/cell.h"
#include "harness/run/progress.h"
#include "harness/store/attempt.h"
#include "harness/store/run_dir.h"

struct runner {
	/* Set by the caller. */
	double slow;       /* multiplies all limits */
	bool quiet;        /* no progress on stderr */
	bool keep_lease;   /* give a device back at the end, not after each cell */
	bool keep;         /* leave each guest running, until told to stop */
	unsigned int jobs; /* so many cells side by side, harness/plan/schedule.h; 0 is 1 */
	/* The one cell to run, by its name or plan_key(); by the name of a repeated cell all
	 * repeats of it. NULL: all. */
	const char *only;
	const struct patterns *patterns; /* borrowed; NULL: no log is searched */
	const char *like;    /* an earlier run, whose times tell how long this one takes; or NULL */
	const json_t *first; /* {NAME: anything}: these cells begin before all others; or NULL */
	/* Asked before each cell with NULL, and after each with its entry: is the run to end, and
	 * no further cell to begin? NULL: it ends with the last cell. */
	bool (*is_enough)(void *data, const struct schedule_entry *over);
	void *data;

	sd_event *loop;
	const struct backend *backend;
	struct backend_host *host;
	const char *guests_dir; /* backend_options.guests_dir */
	json_t *identities;     /* of host and back end */
	json_t *document;       /* host_document(); NULL for a replay */
	int stop_fd;            /* written to by SIGINT, SIGTERM and SIGHUP */
	sd_event_source *stop_source, *tick;
	bool stopped; /* no further cell is begun */
	char boot_id[BOOT_ID_MAX];
	struct schedule schedule;
	struct running_cell *turns; /* of the cells that run */
	size_t places;              /* of the cells of this run, those that were put in order */
	struct progress progress;
	struct estimate estimate;
	struct lease lease; /* of the devices that cells pass through */
	bool host_is_whole; /* no cell left anything behind, devices came back, it did not break */
	struct host_watch host_watch;
	bool host_broke; /* and the run directory says how */
};

/*
 * Opens the back end and finds out what is under test. Returns 0, to be closed with
 * runner_close(); a negative errno with the sentence, -EINVAL for a back end that is none. From
 * here to the end of runner_run(), or to runner_close(), SIGINT, SIGTERM and SIGHUP stop the run;
 * then they do what they did before. One runner at a time may be open.
 */
int runner_open(struct runner *runner, const char *backend, const struct backend_options *options,
	struct problem *why);

/*
 * Adds to the identity of the host the functions that cells of the plan pass through, so that their
 * guests can be compared with them. A device that cannot be read is left out.
 */
void runner_identify_devices(struct runner *runner, const json_t *plan);

/*
 * Runs every cell of the plan that is not over yet (harness/store/attempt.h) into the store, in the
 * order and so many at a time as harness/plan/schedule.h has it. Begins no further one when a cell
 * left something on the host that would spoil the next, or when told to: SIGINT once lets the cells
 * that run end, twice ends them, as SIGTERM does. Nor when the host broke during a cell
 * (harness/logs/host_watch.h), which the run directory then says (harness/store/host_broken.h). The
 * cells not run have no end.json. A device that a cell passes through is leased before it and given
 * back after it, to the driver it had, which drives the monitors again that it drove before; what
 * does not come back is a leftover of that cell. Returns 0, or a negative errno if a cell could not
 * even be begun; runner->host_is_whole tells whether the host is as it was.
 */
int runner_run(
	struct runner *runner, const struct store *store, const json_t *plan, struct problem *why);

/* Closes what is open; a zeroed runner is fine. */
void runner_close(struct runner *runner);

#endif
