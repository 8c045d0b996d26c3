/*
 * The record of a run, as a renderer may see it besides the findings: the files that the run and
 * its cells left. Read-only, bounded, regular files only: a run directory may come from elsewhere,
 * and a link in it must not bring a file of this machine into a report.
 */
#ifndef IGD_STORE_RECORD_VIEW_H
#define IGD_STORE_RECORD_VIEW_H

#include <jansson.h>
#include <stddef.h>

#include "harness/store/run_dir.h"

#define RECORD_FILES_MAX 256 /* of a folder that are listed */

struct record {
	/*
	 * The whole of a file of a cell's folder, by its name or plan_key(), with a 0 behind it,
	 * which the caller frees. Returns 0, -ENOENT if there is none, -EFBIG if it is longer than
	 * `max`, or another negative errno.
	 */
	int (*read)(void *data, const char *cell, const char *file, size_t max, char **bytes_r,
		size_t *length_r);
	/*
	 * What is in a cell's folder, or with NULL the frozen documents of the run, by name:
	 * [ {"name": "qemu.log", "bytes": 126, "sha256": "..."} ]; "sha256" is null for what cannot
	 * be read. Names are printable ASCII, "?" for what is not. A new list, empty if the cell
	 * left nothing, or NULL without memory.
	 */
	json_t *(*files)(void *data, const char *cell);
	/* The cell's folder below the run directory, "cells/001-NAME", which the caller frees; NULL
	 * if there is no such cell, or without memory. */
	char *(*folder)(void *data, const char *cell);
	void *data;
};

/* The record of a stored run; both are borrowed. Without a plan the run's own is read, cell by cell
 * and when it is first needed. Returns 0 or -ENOMEM. */
int record_view_open(const struct store *store, const json_t *stored_plan, struct record *record_r);

/* A zeroed record is fine. */
void record_view_close(struct record *record);

#endif
