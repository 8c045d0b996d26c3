#include "harness/plan/cell_state.h"

static const char *const names[] = {
	[CELL_CREATE] = "create",
	[CELL_FIRST_FRAME] = "first-frame",
	[CELL_REPORT] = "report",
	[CELL_SCREENSHOT] = "screenshot",
	[CELL_HOTPLUG] = "hotplug",
	[CELL_SAVE] = "save",
	[CELL_DESTROY_SOURCE] = "destroy-source",
	[CELL_RESTORE] = "restore",
	[CELL_REPORT_AGAIN] = "report-again",
	[CELL_KEPT] = "kept",
	[CELL_POWER_OFF] = "power-off",
	[CELL_CLEAN_UP] = "clean-up",
	[CELL_OVER] = "over",
};

const struct cell_limit cell_limits[CELL_LIMITS] = {
	{ CELL_CREATE, 60000, false },
	{ CELL_FIRST_FRAME, 240000, false },
	{ CELL_REPORT, 60000, false },
	{ CELL_SAVE, 120000, true },
	{ CELL_RESTORE, 120000, true },
	{ CELL_POWER_OFF, 60000, false },
	{ CELL_CLEAN_UP, 60000, false },
};

const char *cell_state_name(enum cell_state state)
{
	return names[state];
}

const char *cell_state_old_name(enum cell_state state)
{
	return state == CELL_SCREENSHOT       ? "picture"
	       : state == CELL_DESTROY_SOURCE ? "let-go"
					      : names[state];
}

const char *cell_limit_name(size_t i)
{
	return i < CELL_LIMITS ? names[cell_limits[i].state] : NULL;
}
