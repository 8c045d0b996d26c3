/*
 * The state of bisections: builds and tests on disk, so that nothing is tested twice.
 *
 *   state.json     {"format": "igd-harness bisect state", "version": 1}
 *   lock           held while a bisection, a step, or a child of a killed one works here
 *   journal.jsonl  one line a step, and one for each build and run that was begun
 *   builds/KEY.json, KEY.log   the result of a build (docs/schema/bisect-build.json) and its
 *                              output; "files" is bisect_files() of the built files
 *   tested/KEY/thing.json      the tested revision (docs/schema/bisect-thing.json); "of" is
 *                              bisect_fingerprint()
 *   tested/KEY/run-N/          its Nth run, a run directory (harness/store/run_dir.h)
 *   tested/KEY/run-N.log       the output of the command that made it
 *   tested/KEY/run-N.lost-M/   a run without a result: the host failed, or it is not complete
 *   tree/                      a work tree of the git repository
 *   unpacked/                  packages
 *   found.json, found.txt, mail.txt    the result of the last bisection
 *
 * KEY is the beginning of the SHA-256 of "of", as sorted compact JSON. Files appear whole, by
 * rename, and are on disk before anything depends on them (fileio_write()). The verdict of a run is
 * not stored: it is judged again each time.
 */
#ifndef IGD_BISECT_STATE_H
#define IGD_BISECT_STATE_H

#include "harness/store/journal.h"

#define BISECT_KEY_MAX 17 /* 16 hexadecimal digits and the end */

struct bisect_state {
	int dir_fd, lock_fd;
	char *dir; /* absolute */
	struct journal journal;
};

#define BISECT_STATE_NONE                                                                          \
	((struct bisect_state){ .dir_fd = -1, .lock_fd = -1, .journal = { .fd = -1 } })

/*
 * Opens a state, creates it if it does not exist, and locks it. Waits for commands that a killed
 * bisection left running, with a message on stderr. Returns 0; -EBUSY if a different bisection has
 * the lock; -EEXIST if the directory is no state; -EPROTO for a newer version; each with a message.
 */
int bisect_state_open(const char *dir, struct bisect_state *state_r, struct problem *why);

/* A state that is BISECT_STATE_NONE may be closed. */
void bisect_state_close(struct bisect_state *state);

/* The key of a fingerprint or of a build's "of". */
void bisect_key(const json_t *of, char key[static BISECT_KEY_MAX]);

/*
 * The stored record of the build of `of`. New reference; NULL if there is none, or, with a message
 * in `why`, if it cannot be read.
 */
json_t *bisect_state_build(const struct bisect_state *state, const json_t *of, struct problem *why);

/* Stores the record of a build: `files` if it succeeded, otherwise NULL and `reason`. */
int bisect_state_built(const struct bisect_state *state, const json_t *of, const json_t *files,
	const char *reason, struct problem *why);

/* "DIR/builds/KEY.log". The caller frees; NULL without memory. */
char *bisect_state_build_log(const struct bisect_state *state, const json_t *of);

/*
 * The folder of a fingerprint, "DIR/tested/KEY", made if it is not there. The caller frees
 * *folder_r. Returns 0; -EBADMSG if something else is kept under its key.
 */
int bisect_state_fingerprint(
	const struct bisect_state *state, const json_t *of, char **folder_r, struct problem *why);

/* Renames a run without an answer to the first free run-N.lost-M. Returns 0 or a negative errno. */
int bisect_state_set_aside(const char *run, struct problem *why);

/* Adds a line to the journal, with the time of day; `entry` is stolen. */
int bisect_state_note(struct bisect_state *state, json_t *entry, struct problem *why);

#endif
