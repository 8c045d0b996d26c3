/* Time as the agent counts it. */
#ifndef IGD_CLOCK_H
#define IGD_CLOCK_H

#include <time.h>

/* Milliseconds of that clock, CLOCK_MONOTONIC or CLOCK_REALTIME. */
long long clock_ms(clockid_t id);

#endif
