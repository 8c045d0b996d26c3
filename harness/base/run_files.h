/*
 * Names of files in a run directory that several rooms write or read; harness/store/run_dir.h has
 * them all.
 */
#ifndef IGD_BASE_RUN_FILES_H
#define IGD_BASE_RUN_FILES_H

#define HOST_FILE     "host.json"     /* the checks of the host, also in its bundle */
#define PATTERNS_FILE "patterns.yaml" /* the patterns, also the name of the installed ones */

#endif
