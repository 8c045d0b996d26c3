/*
 * The states of a cell, in order, and which of them have a limit in a plan.
 */
#ifndef IGD_PLAN_CELL_STATE_H
#define IGD_PLAN_CELL_STATE_H

#include <stdbool.h>
#include <stddef.h>

enum cell_state {
	CELL_CREATE,         /* the back end makes the guest */
	CELL_FIRST_FRAME,    /* it runs; firmware, kernel, until the agent's hello */
	CELL_REPORT,         /* the report was asked for */
	CELL_SCREENSHOT,     /* the report is in, the screen is being taken; may be left out */
	CELL_HOTPLUG,        /* the back end changes the devices of the guest, which runs */
	CELL_SAVE,           /* the back end saves the guest */
	CELL_DESTROY_SOURCE, /* it is saved: the back end removes what is left of it */
	CELL_RESTORE,        /* the back end makes the second guest of what was saved */
	CELL_REPORT_AGAIN,   /* that runs, and its report was asked for */
	CELL_KEPT,           /* `run --keep`: the guest is left running until somebody ends it */
	CELL_POWER_OFF,      /* the last report is in, power-off was asked for */
	CELL_CLEAN_UP,       /* the back end removes what is left */
	CELL_OVER
};

/* "create" ... "clean-up", "over": as in end.json, in the journal and in "limits_ms" of a plan. */
const char *cell_state_name(enum cell_state state);

/* Its name in the documents of version 0.1.0: often the same. */
const char *cell_state_old_name(enum cell_state state);

/* The states that a matrix and a plan limit. The others have the limit of a similar state. */
#define CELL_LIMITS 7

extern const struct cell_limit {
	enum cell_state state;
	unsigned int default_ms; /* if the matrix gives none */
	bool transition;         /* only a transition passes through it */
} cell_limits[CELL_LIMITS];

/* The name of the state of limit `i`, or NULL behind the last. */
const char *cell_limit_name(size_t i);

#endif
