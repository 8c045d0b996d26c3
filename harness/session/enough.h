/*
 * When a run has had enough, by its user: after so many cells that are FAIL, or so much time. No
 * further cell is then begun, those that run are waited for, and `resume` runs the others.
 */
#ifndef IGD_SESSION_ENOUGH_H
#define IGD_SESSION_ENOUGH_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/logs/patterns.h"
#include "harness/session/session.h"
#include "harness/store/run_dir.h"

struct session_enough {
	const struct session_wishes *wishes; /* all borrowed */
	const struct store *store;
	const json_t *run, *plan;
	const struct patterns *patterns;

	uint64_t began_us;   /* of CLOCK_MONOTONIC */
	unsigned int failed; /* of the cells that this call of the program ran */
	bool reached;
	char why[96]; /* a sentence without its end, once it is reached */
};

/* The time begins. Removes what an earlier call of the program kept: session_enough_keep(). */
struct session_enough session_enough_begin(const struct session_wishes *wishes,
	const struct store *store, const json_t *run, const json_t *plan,
	const struct patterns *patterns);

/* Is one of the limits reached? */
bool session_enough_reached(struct session_enough *enough);

/* Takes the cell at `index` of the plan, which is over, into account: judges it if there is a limit
 * of FAILs. One that cannot be judged does not count: the judge of the whole run says so. */
void session_enough_cell(struct session_enough *enough, size_t index);

/* Is that cell of the plan over, and sealed? */
bool session_cell_is_over(const struct store *store, size_t index, const char *name);

/* Keeps the limit that was reached in the store, for the judge, if cells are left. Returns 0, or a
 * negative errno with the sentence. */
int session_enough_keep(
	const struct session_enough *enough, const json_t *plan, struct problem *why);

/* The cells of the run that are not over. */
size_t session_cells_left(const struct store *store, const json_t *plan);

/* Says on stderr why a run was stopped, how many cells were not run, and how it goes on; nothing if
 * it has had enough and no cell is left. */
void session_tell_stopped(
	const struct session_enough *enough, const struct store *store, const json_t *plan);

#endif
