/*
 * The names that the harness gives its domains: "igd-CELL-PID", with the number of the harness's
 * process. The device model and its logs carry the domain's name, and folders of the harness end
 * with the same number, so that the next run finds the debris of a killed run.
 */
#ifndef IGD_BACKEND_LIBXL_NAMES_H
#define IGD_BACKEND_LIBXL_NAMES_H

#include <stdbool.h>
#include <sys/types.h>

#include "harness/plan/plan.h"

#define NAME_PREFIX "igd-"
/* "igd-", any cell's name, "-", a process id and the end; QEMU's log of that name fits NAME_MAX. */
#define NAME_TEXT_MAX (PLAN_NAME_MAX + 24)

/*
 * Returns whether the process `pid` of an earlier run is dead. `self` is the number of this
 * process: an earlier process with the same number is dead too. false for a number below 2, which
 * no run can have.
 */
bool pid_is_debris(long pid, pid_t self);

/* Returns whether `name` has the form "igd-...-PID" and pid_is_debris(PID, self). */
bool name_is_debris(const char *name, pid_t self);

#endif
