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

/* Fields 3, 4 and 22 of proc_pid_stat(5). */
struct clock_process {
	char state; /* such as R or Z */
	pid_t parent;
	unsigned long long start; /* in ticks (sysconf(_SC_CLK_TCK)) since the boot */
};

/* Looks at a process. All is 0 if there is no such process. */
struct clock_process clock_process(pid_t pid);

/* "2026-11-21T20:15:00Z", now; and of that time. "" for a year that has not four digits. */
void clock_text(char text[static CLOCK_TEXT_MAX]);
void clock_text_of(time_t when, char text[static CLOCK_TEXT_MAX]);

#endif
