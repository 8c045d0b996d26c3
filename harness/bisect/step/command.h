/*
 * The commands of a step: the build, and what makes a run. Each has a log, and knows from its
 * environment what it is to build or run:
 *
 *   IGD_REVISION        the value "revision", if the point has one
 *   IGD_WITH_NAME       the value NAME, in capitals, "_" for what is no letter or digit
 *   IGD_RUN_DIR         for a run: the run directory to make
 *   IGD_DEVICE_MODEL    for a run: --device-model as an absolute path, unless it is a mere name
 *   LD_LIBRARY_PATH     for a run: begins with --library-path
 *   IGD_MODULES         for a run: --modules
 */
#ifndef IGD_BISECT_STEP_COMMAND_H
#define IGD_BISECT_STEP_COMMAND_H

#include "harness/bisect/bisect.h"
#include "harness/process/guarded_child.h"

struct bisect_command {
	const struct bisect_orders *orders;
	const struct bisect_point *point;
	char *const *argv;
	const char *folder;  /* where it runs, or NULL */
	const char *run_dir; /* what a run makes; NULL for a build */
	const char *log;     /* a file, written anew */
	unsigned int limit_s;
};

/* Runs it. Returns as guarded_child_run(). */
int bisect_command(
	const struct bisect_command *command, struct guarded_child_end *end_r, struct problem *why);

#endif
