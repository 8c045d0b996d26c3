/*
 * What the parts of a cell share. Each calls only those that stand below it:
 *
 *   cell.c             begins a cell and hears its guest's back end
 *   cell_late.c        decides when a limit passes
 *   cell_console.c     decides what the serial line (console/) means
 *   cell_keep.c        leaves the guest running
 *   cell_transition.c  what is between two guests
 *   cell_end.c         enters states, ends the cell and writes end.json
 *   cell_limits.c      the timers
 */
#ifndef IGD_RUN_CELL_PRIVATE_H
#define IGD_RUN_CELL_PRIVATE_H

#include <stdbool.h>

#include "harness/run/cell.h"
#include "harness/run/console/console.h"
#include "harness/store/journal.h"

struct cell {
	const struct backend *backend;
	const char *guests_dir; /* of the images that the back end boots */
	struct backend_host *host;
	struct backend_guest *guest;
	sd_event *loop;
	const json_t *plan;
	const char *name;
	int dir_fd;
	int record_fd; /* where the guest's record goes: dir_fd, or the folder of the second */
	double slow;
	struct cell_watcher watcher;
	struct journal journal;
	struct console *console;
	struct igd_screen *igd_screen; /* while its picture is being taken, and after; or NULL */
	bool bye; /* the agent said so when it was asked to power off: the line may end */
	unsigned int byes_noted;

	enum cell_state state;
	uint64_t entered_us;               /* when the state was entered */
	json_t *times;                     /* times_ms of end.json */
	sd_event_source *limit;            /* of the state, once nothing else is ready */
	sd_event_source *due, *last_limit; /* of the state, in any case: cell_limits.c */
	sd_event_time_handler_t on_limit;
	sd_event_source *grace;     /* the console is lost: did the guest or its model die? */
	sd_event_source *no_guest;  /* ends a cell without a guest, from the loop */
	sd_event_source *heartbeat; /* finds out whether the harness is being kept from running */
	uint64_t heartbeat_due_us;
	uint64_t stalled_us;

	bool keep;       /* the guest is to be left running: cell_keep.c */
	bool guest_over; /* the back end said that it ended */

	/* Of a transition: cell_transition.c. */
	json_t *other_side; /* the cell of the plan as the second guest; NULL in a cell without */
	bool again;         /* the second guest is started, not restored */
	bool hotplug;       /* the second guest is the first, with other devices */
	int console_fd;     /* of the guest that runs; the back end's */
	sd_event_source *settled; /* when a guest has had its time to find new devices */
	struct guest_parts parts; /* parts.second: the guest is the second */
	int second_fd;            /* the folder of the second guest */
	uint64_t saved_bytes;
	json_int_t asked_ms[2]; /* when each guest was last asked for its report */
	json_t *first_console;  /* of end.json, once the first guest is to go */

	struct problem unwritten; /* the first thing that could not be written down, "" if none */
	bool decided;             /* ending, ended_in and detail are final */
	enum ending ending;
	enum cell_state ended_in;
	char detail[PROBLEM_TEXT_MAX];
	json_t *leftovers;
	json_t *concurrent; /* names of cells that run at the same time; NULL: there were none */
};

/* cell_end.c: the cell ends so, unless that was decided already; clean-up begins. */
void cell_end(struct cell *cell, enum ending ending, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The same while the back end has no guest of the cell; nothing is to be destroyed. */
void cell_end_without_guest(struct cell *cell, enum ending ending, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* cell_end.c: enters a state and starts its limit. */
void cell_enter(struct cell *cell, enum cell_state state);

/*
 * cell_console.c: makes the console of a cell, without a line yet; NULL without memory.
 * cell_console_open() records and reads the guest's line; it ends the cell and returns false if
 * that cannot be.
 */
struct console *cell_console_new(struct cell *cell);
bool cell_console_open(struct cell *cell, int fd);

/* cell_end.c: closes the console, and notes if console.log could not be synced. */
void cell_console_close(struct cell *cell);

/* cell_end.c: notes that console.log could not be written; a positive errno. */
void cell_log_unwritten(struct cell *cell, int error);

/* cell_limits.c: the limit of a state in ms, as the plan and --slow have it. */
uint64_t limits_of(const struct cell *cell, enum cell_state state);

/*
 * Begins to watch over the harness's own lateness; `on_limit` is called with the cell when the
 * limit of its state passes. 0 or a negative errno.
 */
int limits_begin(struct cell *cell, sd_event_time_handler_t on_limit);

/*
 * Is it the harness that was late? A limit says nothing about a guest if we could not look.
 * `due_us` is when the limit should have been told.
 */
bool limits_stalled(struct cell *cell, uint64_t due_us);

/* cell_late.c: the limit of the cell's state passed. */
int cell_late(sd_event_source *source, uint64_t due_us, void *cell);

/* The state was entered: its limit runs from now. */
void limits_enter(struct cell *cell);

/* No limit passes any more. */
void limits_close(struct cell *cell);

/* cell_keep.c: leaves the guest running, once, if that is wished and it runs. False if not. */
bool cell_keep_guest(struct cell *cell);

/* cell_transition.c: makes what a cell's guests share; 0 or a negative errno. */
int migrate_begin(struct cell *cell, const char *effective_backend);
void migrate_finish(struct cell *cell);

/* The guest's report and picture are in: saves it to be restored, or powers it off. */
void cell_go_on(struct cell *cell);

/* The back end has saved the guest. */
void migrate_saved(struct cell *cell);

/* The back end has changed the devices of the guest. */
void migrate_changed(struct cell *cell);

/* The settings that the guest has now: a cell of the plan, borrowed. */
const json_t *migrate_side(const struct cell *cell);

/* The guest has powered off as requested: the cell is done, or starts it again. */
void migrate_off(struct cell *cell);

/* What a back end's ending means while a guest is being saved or restored. */
enum ending migrate_refine(const struct cell *cell, enum ending how);

/*
 * The first guest is gone: makes the host ready for the second. Returns false if that cannot be;
 * the cell then ends.
 */
bool migrate_second(struct cell *cell);

#endif
