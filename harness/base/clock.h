/*
 * The two clocks: one that only goes forward, for limits and durations, and the calendar.
 */
#ifndef IGD_BASE_CLOCK_H
#define IGD_BASE_CLOCK_H

#include <stdint.h>
#include <sys/types.h>
#include <time.h>

/* Microseconds of CLOCK_MONOTONIC. */
uint64_t clock_us(void);

#define CLOCK_TEXT_MAX 21

/* Reads such a text as clock_text() writes. Returns 0, or -EINVAL. */
int clock_parse(const char *text, time_t *when_r);

/*
 * When a process started, in ticks (sysconf(_SC_CLK_TCK)) since the boot, and its state, such as R
 * or Z: fields 22 and 3 of proc_pid_stat(5). 0 if there is no such process.
 */
unsigned long long clock_process_start(pid_t pid, char *state_r);

/* "2026-11-21T20:15:00Z", now; and of that time. "" for a year that has not four digits. */
void clock_text(char text[static CLOCK_TEXT_MAX]);
void clock_text_of(time_t when, char text[static CLOCK_TEXT_MAX]);

#endif
