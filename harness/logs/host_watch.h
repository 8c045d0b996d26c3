/*
 * Did the host break during a cell? After each cell the runner looks for lines of dom0 and Xen that
 * say so (`breaks_host` in results/data/patterns.yaml), and at the taint of dom0's kernel.
 *
 * A taint counts if it was not there when the run began and shows an error: those that igt_runner
 * aborts on (page, die, warn, softlockup) and a machine check. The bits are in
 * Documentation/admin-guide/tainted-kernels.rst. A module of the user's own taints the kernel, too,
 * and breaks nothing.
 */
#ifndef IGD_LOGS_HOST_WATCH_H
#define IGD_LOGS_HOST_WATCH_H

#include <jansson.h>
#include <stdbool.h>

#include "harness/logs/patterns.h"

#define HOST_TAINT_FILE "/proc/sys/kernel/tainted"

struct host_watch {
	const char *taint_file; /* borrowed; NULL: nothing is watched */
	unsigned long taint;    /* at the beginning */
	bool taint_known;
};

/* Remembers the taint. A file that cannot be read is a taint that is not known. */
void host_watch_begin(struct host_watch *watch, const char *taint_file);

/*
 * Looks at the host after a cell, whose logs are in the folder. Without `patterns` the logs are not
 * searched; `versions` is as in patterns_match(). Returns NULL if the host is as before, or a new
 * object: {"label", "text"} and, for a line of a log, "file" and "line".
 */
json_t *host_watch_look(const struct host_watch *watch, const struct patterns *patterns,
	int cell_fd, const json_t *versions);

#endif
