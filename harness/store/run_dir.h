/*
 * The run directory: a run on disk, written so that it survives the host.
 *
 *   run.json       settings and identities, frozen before the first cell
 *   plan.json      the cells (harness/plan/plan.h), frozen with it
 *   matrix.yaml    the matrix as it was; matrix.known.yaml its known deviations, if it has any
 *   patterns.yaml  the patterns as they were (harness/logs/patterns.h), if there were any
 *   findings.json  the last findings of the judge: derived, can be made again at any time
 *   host-broken.json  only if the host broke during the run (harness/store/host_broken.h)
 *   stopped.json   only if a limit of the user ended the run (harness/store/stopped.h)
 *   sealed.json    the SHA-256 of the first four (harness/store/seal.h); each cell has one too
 *   lock           held while a run writes here
 *   cells/NNN-NAME/         one folder a cell, numbered by the plan from 001
 *   cells/NNN-NAME.lost-N/  attempts that did not end (harness/store/attempt.h)
 *
 * docs/schema describes each document under its name: run, plan, findings, seal.
 */
#ifndef IGD_STORE_RUN_DIR_H
#define IGD_STORE_RUN_DIR_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "src/problem.h"

struct store {
	int dir_fd;
	int lock_fd;
	char *dir; /* as the user named it */
};

/*
 * Makes a new run directory and freezes run, plan, matrix and known deviations (`known_file`, or
 * NULL) in it, on disk before it returns.
 * Returns 0 and the store, to be closed with store_close(); -EEXIST if something is there already;
 * another negative errno; each with the sentence. What it made before it failed is removed.
 */
int store_create(const char *dir, const json_t *run, const json_t *plan, const char *matrix_file,
	const char *known_file, struct store *store_r, struct problem *why);

/*
 * The same in two steps, for who has to know the directory before it knows all of the run: made,
 * locked, with the matrix in it (`matrix_file` may be NULL: the caller writes it); and frozen. What
 * was made and is not frozen is no run: what of it is ours is removed by store_discard(), which
 * closes the store.
 */
int store_make(const char *dir, const char *matrix_file, const char *known_file,
	struct store *store_r, struct problem *why);
int store_freeze(
	const struct store *store, const json_t *run, const json_t *plan, struct problem *why);
void store_discard(struct store *store);

/* Opens and locks what may have been made only, and is no run yet. Errors as store_open(). */
int store_open_bare(const char *dir, struct store *store_r, struct problem *why);

/*
 * Opens a run directory that exists. With `write` it is locked: -EBUSY while another run is in it.
 * Gives its run and plan documents as new references; of the plan only if `plan_r` is there, else
 * it is for harness/plan/plan_reader.h. -EBADMSG if they are not what was frozen
 * (harness/store/seal.h).
 */
int store_open(const char *dir, bool write, struct store *store_r, json_t **run_r, json_t **plan_r,
	struct problem *why);

/*
 * Keeps runs from writing in an open store for as long as it is open: for who reads the whole of
 * it. A directory that never had a lock, or is read-only, is held without. -EBUSY while a run
 * writes.
 */
int store_hold(struct store *store, struct problem *why);

/* Closes what is open; a zeroed store with -1 descriptors, or one closed already, is fine. */
void store_close(struct store *store);

#define STORE_NONE ((struct store){ .dir_fd = -1, .lock_fd = -1 })

#define STORE_FOLDER_MAX 256

/*
 * "cells/NNN-NAME", or with ".lost-N" for a number that is not 0. Returns 0, or -ENAMETOOLONG with
 * the sentence.
 */
int store_folder(char folder[static STORE_FOLDER_MAX], size_t index, const char *name, int number,
	struct problem *why);

/*
 * Opens the folder of the cell at `index` (from 0) of the plan; makes it if `make`.
 * Returns a descriptor of the folder, which the caller closes; -ENOENT if that cell never began.
 */
int store_cell(
	const struct store *store, size_t index, const char *name, bool make, struct problem *why);

/*
 * The folders of a cell's lost attempts, numbered from 1. store_lost() opens one as store_cell()
 * does; store_set_aside() makes the cell's folder into that one, on disk before it returns.
 */
int store_lost(
	const struct store *store, size_t index, const char *name, int number, struct problem *why);
int store_set_aside(
	const struct store *store, size_t index, const char *name, int number, struct problem *why);

/*
 * Reads a cell's report.json and checks it with report_parse(). New reference. Errors as
 * fileio_read() and report_parse().
 */
int store_read_report(int dir_fd, json_t **report_r, struct problem *why);

#endif
