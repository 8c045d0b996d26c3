/*
 * One cell: a guest from its creation to the last trace of it, as a state machine with a limit for
 * each state. It acts and records; what the record means is the judge's business.
 *
 *   create -> first-frame -> report -> screenshot -> power-off -> clean-up -> (over)
 *
 * A transition (harness/plan/transition.h) goes round through the second guest before it powers
 * off:
 *
 *   ... screenshot -> save -> destroy-source -> restore -> report-again -> screenshot -> ...
 *
 * With `keep` the guest is left running before it powers off, or where it would be destroyed:
 *
 *   ... screenshot -> kept -> power-off -> ...       ... report -> kept -> clean-up -> (over)
 *
 * Every way out of all but the last two leads through clean-up: the guest is destroyed if it is
 * still there, and what is left of it is written down. Whatever happens, end.json
 * (docs/schema/end.json) is written, after all else; only a disk that takes nothing more is a
 * reason that it is not there.
 */
#ifndef IGD_RUN_CELL_H
#define IGD_RUN_CELL_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "harness/backend/backend.h"
#include "harness/plan/cell_state.h"
#include "src/problem.h"

struct cell_watcher {
	/*
	 * Makes the host ready for the cell's guest, and looks, once the back end says that the
	 * guest is gone, whether the host has back what it lent; what it has not is appended to
	 * `leftovers`. prepare() returns 0 or a negative errno with the sentence: the cell then
	 * ends as ENDING_HOST_FAILED. Either may be NULL.
	 */
	int (*prepare)(void *data, struct problem *why);
	void (*inspect)(void *data, json_t *leftovers);

	/* The cell entered a state; its limit in ms. For progress only. */
	void (*entered)(void *data, enum cell_state state, uint64_t limit_ms);
	/*
	 * The guest is left running until cell_release(); `text` says what it is and how to reach
	 * it, borrowed. May be NULL if no cell is begun with `keep`.
	 */
	void (*kept)(void *data, const char *text);
	/*
	 * The cell is over; `end` is borrowed. It is on disk as end.json, unless its ending is
	 * ENDING_NOT_RECORDED: then perhaps not. Called once, from the loop.
	 */
	void (*over)(void *data, const json_t *end);
	void *data;
};

struct cell;

/* Which cell to begin, and where. */
struct cell_request {
	const struct backend *backend;
	struct backend_host *host;
	sd_event *loop;
	const json_t *plan;       /* the cell's entry in the plan */
	const json_t *identities; /* the host's */
	const char *guests_dir;   /* of the images that the back end boots, if it does */
	int dir_fd;               /* the cell's folder */
	double slow;              /* multiplies the limits; 1 leaves them as in the plan */
	bool keep;                /* leave the guest running, once */
};

/*
 * Begins a cell. Everything that `request` points to is borrowed until over(); `request` and
 * `watcher` themselves are copied. Returns 0 and the cell, to be freed with cell_free() after
 * over(); a negative errno if its journal could not be begun.
 */
int cell_begin(const struct cell_request *request, const struct cell_watcher *watcher,
	struct cell **cell_r, struct problem *why);

/* Notes in end.json that the cell `name` runs at the same time. */
void cell_note_concurrent(struct cell *cell, const char *name);

/* Ends a cell early: ENDING_INTERRUPTED, through clean-up. A guest that is kept is released. */
void cell_interrupt(struct cell *cell);

/* Ends a guest that is kept: it powers off, or is destroyed if the cell had ended. False if no
 * guest is kept. */
bool cell_release(struct cell *cell);

/* Frees it; only after over(). NULL is fine. */
void cell_free(struct cell *cell);

#endif
