#include "harness/dut/roster.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/below/below.h"
#include "harness/base/clock.h"
#include "harness/base/digest.h"
#include "harness/base/escape.h"
#include "harness/base/fileio.h"
#include "harness/dut/private.h"
#include "src/document.h"

#define ROSTER_FILE "hosts.json"
#define ROSTER_LOCK "hosts.lock"
#define REASON_MAX  512  /* bytes, as docs/schema/hosts.json has it */
#define HOSTS_MAX   1000 /* likewise */

/* By the XDG base directory specification a relative folder is ignored. */
static int state_path(char path[static PATH_MAX])
{
	const char *xdg = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	int length = -1;

	if (xdg && xdg[0] == '/')
		length = snprintf(path, PATH_MAX, "%s/igd-harness", xdg);
	else if (home && home[0] == '/')
		length = snprintf(path, PATH_MAX, "%s/.local/state/igd-harness", home);
	return length < 0 ? -ENOENT : length >= PATH_MAX ? -ENAMETOOLONG : 0;
}

/* Makes the folders of the path that are missing, for the user alone. */
static int make_path(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		int r;

		*slash = '\0';
		r = mkdir(path, 0700) < 0 && errno != EEXIST ? -errno : 0;
		*slash = '/';
		if (r < 0)
			return r;
	}
	return mkdir(path, 0700) < 0 && errno != EEXIST ? -errno : 0;
}

/* Opens the folder, and makes it if it is missing. Returns its descriptor. */
static int open_state(struct problem *why)
{
	char path[PATH_MAX] = "";
	struct stat st;
	int r = state_path(path), fd = -1;

	if (r == 0)
		r = make_path(path);
	if (r == 0) {
		fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		r = fd < 0 ? -errno : 0;
	}
	if (fd >= 0 && fstat(fd, &st) == 0 && st.st_uid == geteuid() && !(st.st_mode & 022))
		return fd;
	if (fd >= 0) {
		close(fd);
		return problem_set(why, -EPERM,
			"%.300s is not used for the state of hosts: it is not yours, or others can "
			"write in it",
			path);
	}
	return problem_set(why, r, "no folder for the state of hosts (%.200s): %s",
		path[0] ? path : "neither XDG_STATE_HOME nor HOME is a whole path", strerror(-r));
}

/* Waits for a different program that writes: it reads and writes one small file. */
static int lock_state(int dir_fd, struct problem *why)
{
	int fd = below_lock(dir_fd, ROSTER_LOCK, true);

	if (fd < 0)
		return problem_set(why, fd, "cannot open " ROSTER_LOCK ": %s", below_error(fd));
	for (int i = 0; i < 100; i++) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return fd;
		usleep(50000);
	}
	close(fd);
	return problem_set(why, -EBUSY, "a different igd-harness has held " ROSTER_LOCK " for 5 s");
}

/* The document, or a new one. */
static int read_document(int dir_fd, json_t **document_r, struct problem *why)
{
	struct problem inner = { "" };
	json_t *document = NULL;
	int r = fileio_read_json(dir_fd, ROSTER_FILE, DOCUMENT_HOSTS, &document, &inner);

	if (r == -ENOENT) {
		document = document_new(DOCUMENT_HOSTS, DOCUMENT_VERSION);
		r = document && json_object_set_new(document, "hosts", json_object()) == 0
			    ? 0
			    : -ENOMEM;
	} else if (r == 0 && !json_is_object(json_object_get(document, "hosts"))) {
		r = problem_set(&inner, -EINVAL, ROSTER_FILE " has no hosts");
	}
	if (r < 0 && r != -ENOMEM) {
		json_decref(document);
		return problem_set(why, r,
			"%.300s; without this file of the state folder every host is believed again",
			inner.text);
	}
	if (r == 0)
		*document_r = json_incref(document);
	json_decref(document);
	return r;
}

struct change {
	const char *name, *reason; /* NULL: it did not fail */
	bool is_clear;             /* it has to be there */
	bool aside;                /* what it comes to */
};

static int change_hosts(json_t *hosts, struct change *change, struct problem *why)
{
	const json_t *old = json_object_get(hosts, change->name);
	json_int_t failures = json_integer_value(json_object_get(old, "failures")) + 1;
	char now[CLOCK_TEXT_MAX], reason[REASON_MAX];

	if (!change->reason) {
		if (!old && change->is_clear)
			return problem_set(why, -ENOENT,
				"no failure of the host %.100s is known: `igd-harness hosts` lists "
				"them",
				change->name);
		json_object_del(hosts, change->name);
		return 0;
	}
	if (!old && json_object_size(hosts) >= HOSTS_MAX)
		return problem_set(why, -E2BIG, "more than %d hosts have failed", HOSTS_MAX);
	snprintf(reason, sizeof(reason), "%s", change->reason);
	escape_printable(reason);
	clock_text(now);
	change->aside = failures >= ROSTER_FAILURES;
	return json_object_set_new(hosts, change->name,
		json_pack("{s:I, s:b, s:s, s:s}", "failures", failures, "aside", change->aside,
			"reason", reason[0] ? reason : "?", "since", now));
}

static int change_state(struct change *change, struct problem *why)
{
	int dir_fd = open_state(why), lock_fd = dir_fd < 0 ? dir_fd : lock_state(dir_fd, why);
	json_t *document = NULL;
	int r = lock_fd < 0 ? lock_fd : read_document(dir_fd, &document, why);

	if (r == 0)
		r = change_hosts(json_object_get(document, "hosts"), change, why);
	if (r == 0)
		r = fileio_write_json(dir_fd, ROSTER_FILE, document, why);
	json_decref(document);
	if (lock_fd >= 0)
		close(lock_fd);
	if (dir_fd >= 0)
		close(dir_fd);
	return r;
}

int roster_read(json_t **hosts_r, struct problem *why)
{
	int dir_fd = open_state(why);
	json_t *document = NULL;
	int r = dir_fd < 0 ? dir_fd : read_document(dir_fd, &document, why);

	if (r == 0)
		*hosts_r = json_incref(json_object_get(document, "hosts"));
	json_decref(document);
	if (dir_fd >= 0)
		close(dir_fd);
	return r;
}

int roster_note(const char *name, const char *reason, bool *aside_r, struct problem *why)
{
	struct change change = { name, reason, false, false };
	int r = change_state(&change, why);

	if (aside_r)
		*aside_r = change.aside;
	return r;
}

int roster_clear(const char *name, struct problem *why)
{
	struct change change = { name, NULL, true, false };

	return change_state(&change, why);
}

/* "host-DIGITS.lock": labs of different source trees have the same name. */
static void lock_name(const struct dut *dut, char name[static DIGEST_TEXT_MAX + 16])
{
	char text[2 * PATH_MAX], sha256[DIGEST_TEXT_MAX];

	snprintf(text, sizeof(text), "%s %s", dut->folder ? dut->folder : "",
		dut->given ? dut->given : dut->name);
	digest_bytes(text, strlen(text), sha256);
	snprintf(name, DIGEST_TEXT_MAX + 16, "host-%.16s.lock", sha256);
}

/* The lock's descriptor; -EBUSY if it is held; a different negative errno without a state folder.
 */
static int take_lock(const struct dut *dut)
{
	char name[DIGEST_TEXT_MAX + 16];
	int dir_fd = open_state(NULL), fd;

	if (dir_fd < 0)
		return dir_fd;
	lock_name(dut, name);
	fd = below_lock(dir_fd, name, true);
	close(dir_fd);
	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) < 0) {
		close(fd);
		return -EBUSY;
	}
	return fd;
}

int dut_claim(struct dut_session *session, struct problem *why)
{
	int fd = take_lock(session->dut);

	if (fd == -EBUSY)
		return problem_set(
			why, fd, "a different run of yours uses the host %s", session->dut->name);
	session->claim_fd = fd < 0 ? -1 : fd;
	return 0;
}

bool roster_is_claimed(const struct dut *dut)
{
	int fd = take_lock(dut);

	if (fd >= 0)
		close(fd);
	return fd == -EBUSY;
}
