/*
 * What the parts of a cell share: cell.c has the states, cell_limits.c their limits, cell_console.c
 * what it makes of its serial line (console.h), cell_transition.c what is between two guests,
 * cell_end.c the last word.
 */
#ifndef IGD_RUN_CELL_PRIVATE_H
#define IGD_RUN_CELL_PRIVATE_H

#include <stdbool.h>

#include "harness/run/cell.h"
#include "harness/run/console.h"
#include "harness/store/journal.h"

struct cell {
	const struct backend *backend;
	struct backend_host *host;
	struct backend_guest *guest;
	sd_event *loop;
	const json_t *plan;
	const char *name;
	int dir_fd;
	int record_fd; /* where the guest's record goes: dir_fd, or the folder of the restored */
	double slow;
	struct cell_watcher watcher;
	struct journal journal;
	struct console *console;
	bool bye; /* the agent said so when it was asked to power off: the line may end */

	enum cell_state state;
	uint64_t entered_us;        /* when the state was entered */
	json_t *times;              /* times_ms of end.json */
	sd_event_source *limit;     /* of the state */
	sd_event_source *grace;     /* the console is lost: did the guest or its model die? */
	sd_event_source *no_guest;  /* ends a cell without a guest, from the loop */
	sd_event_source *heartbeat; /* finds out whether the harness is being kept from running */
	uint64_t heartbeat_due_us;
	uint64_t stalled_us;

	/* Of a transition: cell_transition.c. */
	json_t *other_side; /* the cell of the plan to restore; NULL in a cell that is none */
	struct guest_parts parts;
	int restored_fd; /* the folder of the restored guest */
	bool restored;   /* the guest is the second */
	uint64_t saved_bytes;
	json_int_t asked_ms[2]; /* when each guest was last asked for its report */
	json_t *first_console;  /* of end.json, once the first guest is saved */

	struct problem unwritten; /* the first thing that could not be written down, "" if none */
	bool decided;             /* ending, ended_in and detail are final */
	enum ending ending;
	enum cell_state ended_in;
	char detail[PROBLEM_TEXT_MAX];
	json_t *leftovers;
	json_t *concurrent; /* names of cells that run at the same time; NULL: there were none */
};

/* cell.c: the cell ends so, unless that was decided already; clean-up begins. */
void cell_end(struct cell *cell, enum ending ending, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The same while the back end has no guest of the cell; nothing is to be destroyed. */
void cell_end_without_guest(struct cell *cell, enum ending ending, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* cell.c: starts or restores a guest; ends the cell if that cannot be begun. */
void cell_start(struct cell *cell, const json_t *plan, int record_fd);

/* cell.c: the guest's report and picture are in. */
void cell_go_on(struct cell *cell);

/* cell.c: enters a state and starts its limit. */
void cell_enter(struct cell *cell, enum cell_state state);

/*
 * cell_console.c: makes the console of a cell, without a line yet; NULL without memory.
 * cell_console_open() records and reads the guest's line; it ends the cell and returns false if
 * that cannot be. cell_console_close() notes if not all could be recorded.
 */
struct console *cell_console_new(struct cell *cell);
bool cell_console_open(struct cell *cell, int fd);
void cell_console_close(struct cell *cell);

/* cell_end.c: writes end.json and tells it. */
void cell_finish(struct cell *cell);

/* cell_limits.c: the limit of a state in ms, as the plan and --slow have it. */
uint64_t limits_of(const struct cell *cell, enum cell_state state);

/* Begins to watch over the harness's own lateness; 0 or a negative errno. */
int limits_begin(struct cell *cell);

/* The state was entered: its limit runs from now. */
void limits_enter(struct cell *cell);

/* No limit passes any more. */
void limits_close(struct cell *cell);

/* cell_transition.c: makes what a cell's guests share; 0 or a negative errno. */
int migrate_begin(struct cell *cell, const char *effective_backend);
void migrate_finish(struct cell *cell);

/* Is the guest to be saved, now that it has reported? */
bool migrate_is_due(const struct cell *cell);
void migrate_save(struct cell *cell);
void migrate_saved(struct cell *cell);

/* What a back end's ending means while a guest is being saved or restored. */
enum ending migrate_refine(const struct cell *cell, enum ending how);

/* The first guest is gone. */
void migrate_restore(struct cell *cell);

/* "transition" of end.json. New reference. */
json_t *migrate_describe(const struct cell *cell);

#endif
