#include "guests/agent/processors.h"

#include <stdio.h>

#include "src/tree.h"

/* The columns of the line "cpu": user, nice, system, idle, iowait, irq, softirq, steal. Those that
 * follow, of guests of this guest, are part of user and nice. */
enum column { IDLE = 3, IOWAIT = 4, STEAL = 7, COLUMNS };

void processors_read(const char *root, struct processor_time *time_r)
{
	FILE *stat = tree_stream(root, "proc/stat");
	unsigned long long value[COLUMNS];
	int count;

	*time_r = (struct processor_time){ 0 };
	if (!stat)
		return;
	count = fscanf(stat, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &value[0], &value[1],
		&value[2], &value[IDLE], &value[IOWAIT], &value[5], &value[6], &value[STEAL]);
	fclose(stat);
	if (count != COLUMNS)
		return;
	for (int i = 0; i < COLUMNS; i++)
		time_r->total += value[i];
	time_r->idle = value[IDLE] + value[IOWAIT];
	time_r->stolen = value[STEAL];
}

/* The kernel's idle time may go back by a tick, proc_stat(5). */
static json_t *percent(
	unsigned long long before, unsigned long long after, unsigned long long total)
{
	unsigned long long part = after > before ? after - before : 0;

	return json_integer(part < total ? (json_int_t)(part * 100 / total) : 100);
}

json_t *processors_json(const struct processor_time *before, const struct processor_time *after)
{
	unsigned long long total = after->total > before->total ? after->total - before->total : 0;

	if (!total)
		return json_null();
	return json_pack("{s:s, s:o, s:o}", "observer", "kernel", "idle_percent",
		percent(before->idle, after->idle, total), "stolen_percent",
		percent(before->stolen, after->stolen, total));
}
