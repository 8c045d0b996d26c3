/*
 * One-shot timers of a guest on the sd-event loop. A guest has two: `step` for what comes next, and
 * `limit` for the time that an operation may take.
 */
#ifndef IGD_BACKEND_LIBXL_ALARM_H
#define IGD_BACKEND_LIBXL_ALARM_H

#include <systemd/sd-event.h>

struct backend_guest;

struct alarm {
	sd_event_source *source;
	void (*ring)(struct backend_guest *guest);
};

/*
 * Makes an alarm of `guest`, which must be its `step` or its `limit`. The alarm is not set. Returns
 * 0 or a negative errno; alarm_finish() must be called in both cases.
 */
int alarm_init(struct alarm *alarm, struct backend_guest *guest);

/*
 * Calls ring(guest) once in `ms` milliseconds, from the loop, also if `ms` is 0. Replaces an
 * earlier setting of the alarm.
 */
void alarm_set(struct alarm *alarm, unsigned int ms, void (*ring)(struct backend_guest *guest));

/* Cancels the setting; does nothing if the alarm is not set. */
void alarm_stop(struct alarm *alarm);

/* Frees the timer; a zeroed alarm may be finished, and an alarm may be finished twice. */
void alarm_finish(struct alarm *alarm);

#endif
