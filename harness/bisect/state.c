#include "harness/bisect/state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "harness/base/below/below.h"
#include "harness/base/clock.h"
#include "harness/base/digest.h"
#include "harness/base/fileio.h"
#include "harness/process/guarded_child.h"
#include "src/document.h"

#define LOST_MAX 1000

/* Longer than what a killed bisection left is given to end. */
#define LOCK_WAIT_S (GUARDED_CHILD_GRACE_S + 10)

static int lock(struct bisect_state *state, struct problem *why)
{
	uint64_t until = clock_us() + LOCK_WAIT_S * UINT64_C(1000000);
	static const struct timespec pause = { .tv_nsec = 100000000 };
	bool said = false;

	state->lock_fd = below_lock(state->dir_fd, "lock", true);
	if (state->lock_fd < 0)
		return problem_set(why, state->lock_fd, "cannot make %s/lock: %s", state->dir,
			below_error(state->lock_fd));
	while (flock(state->lock_fd, LOCK_EX | LOCK_NB) < 0) {
		if (clock_us() >= until || guarded_child_interrupted())
			return problem_set(why, -EBUSY,
				"another bisection is running in %s: wait for it, or give a "
				"different --state",
				state->dir);
		if (!said)
			fprintf(stderr, "igd-harness: waiting for the process that works in %s\n",
				state->dir);
		said = true;
		nanosleep(&pause, NULL);
	}
	return 0;
}

static int make_folder(const struct bisect_state *state, const char *name, struct problem *why)
{
	int r = below_make_folder(state->dir_fd, name, 0755);

	if (r == 0 || r == -EEXIST)
		return 0;
	return problem_set(why, r, "cannot make %s/%s: %s", state->dir, name, below_error(r));
}

/* Is there nothing in it but our lock? */
static bool is_new(const struct bisect_state *state)
{
	return !below_exists(state->dir_fd, "tested") && !below_exists(state->dir_fd, "run.json");
}

static int check_state(const struct bisect_state *state, struct problem *why)
{
	struct problem inner = { 0 };
	json_t *document = NULL;
	int r = fileio_read_json(
		state->dir_fd, "state.json", DOCUMENT_BISECT_STATE, &document, &inner);

	json_decref(document);
	if (r == -ENOENT && !is_new(state))
		return problem_set(why, -EEXIST,
			"%s exists and is not the state of a bisection: give a different --state",
			state->dir);
	if (r != -ENOENT)
		return r < 0 ? problem_set(why, r, "%s/%s", state->dir, inner.text) : 0;
	r = make_folder(state, "builds", why);
	if (r == 0)
		r = make_folder(state, "tested", why);
	document = document_new(DOCUMENT_BISECT_STATE, DOCUMENT_VERSION);
	if (r == 0)
		r = fileio_write_json(state->dir_fd, "state.json", document, why);
	json_decref(document);
	return r;
}

int bisect_state_open(const char *dir, struct bisect_state *state_r, struct problem *why)
{
	struct bisect_state state = BISECT_STATE_NONE;
	int r = 0;

	if (mkdir(dir, 0755) < 0 && errno != EEXIST)
		return problem_set(why, -errno, "cannot make the state directory %s: %s", dir,
			strerror(errno));
	state.dir = realpath(dir, NULL);
	state.dir_fd = state.dir ? open(state.dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	if (state.dir_fd < 0)
		r = problem_set(why, -errno, "cannot open the state directory %s: %s", dir,
			strerror(errno));
	if (r == 0)
		r = lock(&state, why);
	if (r == 0)
		r = check_state(&state, why);
	if (r == 0)
		r = journal_open(state.dir_fd, &state.journal, why);
	if (r == 0) {
		*state_r = state;
		state = BISECT_STATE_NONE;
	}
	bisect_state_close(&state);
	return r;
}

void bisect_state_close(struct bisect_state *state)
{
	journal_close(&state->journal);
	if (state->lock_fd >= 0)
		close(state->lock_fd);
	if (state->dir_fd >= 0)
		close(state->dir_fd);
	free(state->dir);
	*state = BISECT_STATE_NONE;
}

void bisect_key(const json_t *of, char key[static BISECT_KEY_MAX])
{
	char *text = json_dumps(of, JSON_SORT_KEYS | JSON_COMPACT | JSON_ENCODE_ANY);
	char sha256[DIGEST_TEXT_MAX] = "";

	if (text)
		digest_bytes(text, strlen(text), sha256);
	snprintf(key, BISECT_KEY_MAX, "%.16s", sha256);
	free(text);
}

/* Opens builds/ or what is named; the caller closes. */
static int open_at(const struct bisect_state *state, const char *name, struct problem *why)
{
	int fd = below_folder(state->dir_fd, name);

	return fd >= 0 ? fd
		       : problem_set(why, fd, "cannot open %s/%s: %s", state->dir, name,
				 below_error(fd));
}

json_t *bisect_state_build(const struct bisect_state *state, const json_t *of, struct problem *why)
{
	char key[BISECT_KEY_MAX], name[BISECT_KEY_MAX + 8];
	json_t *record = NULL;
	int fd = open_at(state, "builds", why), r;

	if (fd < 0)
		return NULL;
	bisect_key(of, key);
	snprintf(name, sizeof(name), "%s.json", key);
	r = fileio_read_json(fd, name, DOCUMENT_BISECT_BUILD, &record, why);
	close(fd);
	return r == 0 ? record : NULL;
}

int bisect_state_built(const struct bisect_state *state, const json_t *of, const json_t *files,
	const char *reason, struct problem *why)
{
	char key[BISECT_KEY_MAX], name[BISECT_KEY_MAX + 8];
	json_t *record = document_new(DOCUMENT_BISECT_BUILD, DOCUMENT_VERSION);
	int fd = open_at(state, "builds", why), r = fd;

	bisect_key(of, key);
	snprintf(name, sizeof(name), "%s.json", key);
	json_object_set(record, "of", (json_t *)of);
	json_object_set_new(record, "built", json_boolean(files != NULL));
	if (files)
		json_object_set(record, "files", (json_t *)files);
	else
		json_object_set_new(record, "why", json_string(reason));
	if (fd >= 0) {
		r = fileio_write_json(fd, name, record, why);
		close(fd);
	}
	json_decref(record);
	return r;
}

char *bisect_state_build_log(const struct bisect_state *state, const json_t *of)
{
	char key[BISECT_KEY_MAX], *path = NULL;

	bisect_key(of, key);
	return asprintf(&path, "%s/builds/%s.log", state->dir, key) < 0 ? NULL : path;
}

static int keep_thing(int fd, const json_t *of, const char *folder, struct problem *why)
{
	json_t *fingerprint = NULL;
	int r = fileio_read_json(fd, "thing.json", DOCUMENT_BISECT_THING, &fingerprint, why);

	if (r == 0 && !json_equal(json_object_get(fingerprint, "of"), of))
		r = problem_set(why, -EBADMSG,
			"%s/thing.json does not match the name of its folder: move the "
			"folder away",
			folder);
	if (r == -ENOENT) {
		fingerprint = document_new(DOCUMENT_BISECT_THING, DOCUMENT_VERSION);
		json_object_set(fingerprint, "of", (json_t *)of);
		r = fileio_write_json(fd, "thing.json", fingerprint, why);
	}
	json_decref(fingerprint);
	return r;
}

int bisect_state_fingerprint(
	const struct bisect_state *state, const json_t *of, char **folder_r, struct problem *why)
{
	char key[BISECT_KEY_MAX], name[BISECT_KEY_MAX + 8], *folder = NULL;
	int fd, r;

	bisect_key(of, key);
	snprintf(name, sizeof(name), "tested/%s", key);
	if (asprintf(&folder, "%s/%s", state->dir, name) < 0)
		return -ENOMEM;
	r = make_folder(state, name, why);
	fd = r == 0 ? open_at(state, name, why) : r;
	r = fd < 0 ? fd : keep_thing(fd, of, folder, why);
	if (fd >= 0)
		close(fd);
	if (r < 0) {
		free(folder);
		return r;
	}
	*folder_r = folder;
	return 0;
}

int bisect_state_set_aside(const char *run, struct problem *why)
{
	char name[BELOW_NAME_MAX], lost[BELOW_NAME_MAX + 16];
	int parent_fd = below_parent(run, name), r = parent_fd, number = 0;

	while (r >= 0 && ++number < LOST_MAX) {
		snprintf(lost, sizeof(lost), "%s.lost-%d", name, number);
		if (!below_exists(parent_fd, lost))
			break;
	}
	if (r >= 0)
		r = number < LOST_MAX ? below_rename(parent_fd, name, parent_fd, lost, 0) : -E2BIG;
	if (parent_fd >= 0)
		close(parent_fd);
	if (r == -E2BIG)
		return problem_set(why, r, "%s was lost %d times", run, LOST_MAX);
	return r < 0 ? problem_set(why, r, "cannot set %s aside: %s", run, below_error(r)) : 0;
}

int bisect_state_note(struct bisect_state *state, json_t *entry, struct problem *why)
{
	char now[CLOCK_TEXT_MAX];
	int r;

	clock_text(now);
	json_object_set_new(entry, "at", json_string(now));
	r = journal_note(&state->journal, entry);
	return r < 0 ? problem_set(why, r, "cannot write %s/journal.jsonl: %s", state->dir,
			       strerror(-r))
		     : 0;
}
