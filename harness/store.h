/*
 * The run directory: what a run is, on disk, written so that it survives the host.
 *
 *   run.json       settings and identities, frozen before the first cell
 *   plan.json      the cells (harness/plan.h), frozen with it
 *   matrix.yaml    the matrix as it was; matrix.known.yaml its known deviations, if there are any
 *   patterns.yaml  the patterns as they were (harness/patterns.h), if there were any
 *   findings.json  what the judge last said: derived, can be made again at any time
 *   sealed.json    what the first four were, by SHA-256: harness/seal.h; each cell has one too
 *   lock           held while a run writes here
 *   cells/NNN-NAME/  one folder a cell, by its place in the plan, from 001
 *   cells/NNN-NAME.lost-N/  attempts that came to no end: harness/attempt.h
 *
 * run.json: {"format": "igd-harness run", "version": 1, "harness": "0.1.0", "started": "2026-...Z",
 *   "settings": {see conduct_settings()},
 *   "identities": {see struct backend's identify(), and "host": {...} from host_identify()}}
 */
#ifndef IGD_STORE_H
#define IGD_STORE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "src/problem.h"

#define STORE_FILE_MAX (256u << 20) /* bytes of a file that is read back at most */
#define STORE_NAME_MAX 256 /* bytes of a name that is written, with ".", ".new" and the 0 */

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
 * locked, with the matrix in it; and frozen. What was made and is not frozen is no run: what of it
 * is ours is removed by store_discard(), which closes the store.
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
 * it is for harness/plan_reader.h. -EBADMSG if they are not what was frozen (harness/seal.h).
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
 * Writes a whole file: under a temporary name, synced, renamed, the folder synced. So a reader sees
 * the old file or the new one, also after a power cut.
 */
int store_write(
	int dir_fd, const char *name, const void *bytes, size_t length, struct problem *why);
int store_write_json(int dir_fd, const char *name, const json_t *document, struct problem *why);

/*
 * The same, of what does not lie in memory all at once. store_file_begin() gives a new file under a
 * temporary name, whose `fd` or stream is written to. store_file_end() gives it its name if `r` is
 * 0, and removes it otherwise; returns `r`, or what went wrong then. Strings are borrowed until the
 * end. One of which store_file_begin() failed may be ended.
 */
struct store_file {
	int dir_fd, fd;
	const char *name;
	char temporary[STORE_NAME_MAX];
	int error; /* the first of the stream, a negative errno */
};

int store_file_begin(int dir_fd, const char *name, struct store_file *file_r, struct problem *why);
int store_file_end(struct store_file *file, int r, struct problem *why);

/*
 * A stream into the file, to be closed with fclose() before the end; NULL without memory. Why one
 * cannot be written is in `error`.
 */
FILE *store_file_stream(struct store_file *file);

/*
 * Reads a whole file of at most STORE_FILE_MAX bytes; a 0 is put behind them. The caller frees.
 * Returns 0, -ENOENT without a sentence, or another negative errno with one.
 */
int store_read(int dir_fd, const char *name, char **bytes_r, size_t *length_r, struct problem *why);

/*
 * Reads the first `max` bytes of a file, or all; *more_r says whether there is more. A 0 is put
 * behind them. The caller frees. Errors as store_read().
 */
int store_read_head(int dir_fd, const char *name, size_t max, char **bytes_r, size_t *length_r,
	bool *more_r, struct problem *why);

/* The last line of a log, cut at `size` - 1, for a sentence; "" if it cannot be read. */
void store_last_line(int dir_fd, const char *name, char *line, size_t size);

/* Reads a document of that format. New reference. Errors as store_read() and document_parse(). */
int store_read_json(
	int dir_fd, const char *name, const char *format, json_t **document_r, struct problem *why);

/* Reads a cell's report.json and checks it, report_parse(). New reference. Errors as both. */
int store_read_report(int dir_fd, json_t **report_r, struct problem *why);

/*
 * The journal of a cell, journal.jsonl: one object a line, {"ms": since the cell began, "what":
 * "state", ...}. Appends `entry` (reference stolen, NULL is an error) and syncs before it returns.
 */
struct journal {
	int fd;
	uint64_t began_us; /* CLOCK_MONOTONIC */
	int error;         /* the first errno, negative, of a note that is not in it; 0 if none */
};

int journal_open(int dir_fd, struct journal *journal_r, struct problem *why);
int journal_note(struct journal *journal, json_t *entry);
void journal_close(struct journal *journal);

#endif
