/*
 * A run directory while somebody writes in it: which cells are over, which one runs, and how long
 * the others may take. Read-only; a run that nobody writes is read as well.
 */
#ifndef IGD_SESSION_STATUS_H
#define IGD_SESSION_STATUS_H

#include <jansson.h>
#include <stddef.h>
#include <time.h>

#include "harness/run/estimate.h"
#include "harness/store/writer.h"
#include "src/problem.h"

#define SESSION_STATUS_STATE_MAX                                                                   \
	32 /* longer than the name of any state, harness/plan/cell_state.h */
#define SESSION_STATUS_OPEN_MAX 16 /* cells that are listed */

/* A cell that began and is not over: it runs, or it was interrupted. */
struct session_status_cell {
	size_t index;                         /* in the plan, from 0 */
	const char *name;                     /* borrowed from the plan */
	time_t began;                         /* 0: unknown */
	char state[SESSION_STATUS_STATE_MAX]; /* of a guest or a harness, to be escaped; "": unknown
					       */
	double state_after_s, state_max_s;    /* seconds after `began`, and the state's limit */
};

struct session_status {
	json_t *run, *plan; /* owned */
	struct store_writer writer;
	size_t total, over; /* cells of this run, and those of them that are over */
	size_t open;        /* cells that began and are not over, of which the first are listed */
	struct session_status_cell cells[SESSION_STATUS_OPEN_MAX];
	double left_s; /* seconds until the run ends, as estimate_left(); negative: unknown */
	char left[ESTIMATE_TEXT_MAX]; /* by the mean of the cells that are over; as estimate_text()
				       */
};

/* Returns 0, to be freed with session_status_free(); errors as store_open(). */
int session_status_read(const char *dir, struct session_status *status_r, struct problem *why);

/* "running"; "stopped": cells are left, and nobody writes; "complete". */
const char *session_status_state(const struct session_status *status);

/* The same as a document (docs/schema/status.json) for the run directory `dir`; the caller frees. NULL
 * without memory. */
json_t *session_status_document(const struct session_status *status, const char *dir);

void session_status_free(struct session_status *status);

#endif
