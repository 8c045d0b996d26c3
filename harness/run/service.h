/*
 * The service manager that started us, if one did: it is told that the run began, which cell runs
 * and that it ends, and that the event loop still turns (sd_notify(3), WatchdogSec= in
 * systemd.service(5)). Whoever started us otherwise notices nothing.
 */
#ifndef IGD_RUN_SERVICE_H
#define IGD_RUN_SERVICE_H

#include <stddef.h>
#include <systemd/sd-event.h>

/* The run begins. From here on the watchdog, if there is one, is fed by `loop` as it turns. Returns
 * 0, or a negative errno if the watchdog could not be armed. */
int service_began(sd_event *loop);

/* What is being done: cell `index` (from 0) of `total`, and where it stands. */
void service_cell(size_t index, size_t total, const char *cell, const char *state);

/* No further cell is begun. */
void service_stopping(void);

#endif
