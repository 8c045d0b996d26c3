/* What the guest's processors did while the agent waited, as the kernel counts it. */
#ifndef IGD_AGENT_PROCESSORS_H
#define IGD_AGENT_PROCESSORS_H

#include <jansson.h>

/* Since boot, of all processors together, in the kernel's clock ticks. */
struct processor_time {
	unsigned long long total;
	unsigned long long idle;   /* idle and iowait */
	unsigned long long stolen; /* a processor was ready, and the hypervisor did not run it */
};

/* Reads the first line of /proc/stat, proc_stat(5); all 0 where it cannot be read. */
void processors_read(const char *root, struct processor_time *time_r);

/* The shares of the time between both, {"observer", "idle_percent", "stolen_percent"}; JSON null if
 * no time passed by this clock. A new reference, or NULL without memory. */
json_t *processors_json(const struct processor_time *before, const struct processor_time *after);

#endif
