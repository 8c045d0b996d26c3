/* Between the controller's run directory and the host's: what is frozen goes, what was run comes.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/below/below.h"
#include "harness/base/file_list.h"
#include "harness/base/fileio.h"
#include "harness/base/run_files.h"
#include "harness/dut/private.h"
#include "harness/logs/patterns.h"
#include "harness/store/prune.h"
#include "harness/store/seal.h"
#include "src/io.h"

#define PULL      ".pull"
#define NAMES_MAX 16
#define NO_SUCH   7 /* exit status of a line: the host has nothing of the cell */
#define LOCAL_MS  600000

struct spool {
	int fd, error;
};

static void on_packed(void *data, const char *bytes, size_t length)
{
	struct spool *spool = data;

	if (spool->error == 0)
		spool->error = io_write_all(spool->fd, bytes, length);
}

/* A file that has no name. */
static int open_spool(struct problem *why)
{
	FILE *file = tmpfile();
	int fd = file ? fcntl(fileno(file), F_DUPFD_CLOEXEC, 0) : -1, error = errno;

	if (file)
		fclose(file);
	return fd < 0 ? problem_set(
				why, -error, "cannot make a temporary file: %s", strerror(error))
		      : fd;
}

int dut_pack(struct dut_session *session, const char *folder, const char *const *names,
	struct problem *why)
{
	const char *argv[NAMES_MAX + 5] = { "tar", "-C", folder, "-c", NULL };
	struct spool spool = { .fd = open_spool(why) };
	const struct subprocess_spec order = {
		.argv = (char *const *)argv, .in_fd = -1, .out = on_packed, .data = &spool
	};
	const struct subprocess_limits limits = { .limit_ms = LOCAL_MS, .stop = &session->stop };
	int r;

	if (spool.fd < 0)
		return spool.fd;
	for (size_t i = 0; i < NAMES_MAX && names[i]; i++)
		argv[4 + i] = names[i];
	r = subprocess_run(session->loop, &order, &limits, why);
	if (r == 0)
		r = spool.error;
	if (r == 0 && lseek(spool.fd, 0, SEEK_SET) < 0)
		r = -errno;
	if (r == 0)
		return spool.fd;
	close(spool.fd);
	return problem_set(why, r < 0 ? r : -EIO, "cannot pack %s: tar %s %d", folder,
		r < 0 ? "failed by errno" : "ended with status", r < 0 ? -r : r);
}

int dut_push(struct dut_session *session, struct problem *why)
{
	static const char *const frozen[] = { "plan.json", "matrix.yaml", "matrix.known.yaml",
		PATTERNS_FILE, HOST_FILE, "run.json", SEAL_FILE };
	const char *names[sizeof(frozen) / sizeof(frozen[0]) + 1] = { NULL };
	char line[DUT_LINE_MAX];
	struct dut_order order = { .line = line, .out_fd = -1 };
	size_t count = 0;
	int r;

	for (size_t i = 0; i < sizeof(frozen) / sizeof(frozen[0]); i++) {
		if (below_exists(session->store->dir_fd, frozen[i]))
			names[count++] = frozen[i];
	}
	r = dut_line(line, why,
		"run=%s; rm -rf $run $run.new && mkdir -p $run.new/cells && "
		"tar -C $run.new --no-same-owner --warning=no-timestamp -x && mv -T $run.new $run",
		session->run);
	if (r < 0)
		return r;
	order.in_fd = dut_pack(session, session->store->dir, names, why);
	if (order.in_fd < 0)
		return order.in_fd;
	r = dut_tell(session, &order, NULL, why);
	close(order.in_fd);
	return r;
}

static int sync_folder(int dir_fd, const char *path)
{
	int fd = below_folder(dir_fd, path), r;

	if (fd < 0)
		return fd;
	r = fsync(fd) < 0 ? -errno : 0;
	close(fd);
	return r;
}

/* What came is the folders of that cell, with nothing in them but files; all of it is on disk. */
static int check_pulled(int pull_fd, const char *folder, struct problem *why)
{
	struct files files = { 0 };
	size_t length = strlen(folder);
	int r = file_list_read(pull_fd, NULL, &files, why);

	for (size_t i = 0; i < files.count && r == 0; i++) {
		const char *path = files.entries[i].path, *rest = path + length;

		if (strncmp(path, folder, length) != 0 ||
			(*rest && *rest != '/' && strncmp(rest, ".lost-", 6) != 0))
			r = problem_set(why, -EINVAL,
				"the host sent %.200s, which does not belong to the cell", path);
		else if (files.entries[i].folder)
			r = sync_folder(pull_fd, path);
	}
	file_list_free(&files);
	return r;
}

/* Puts a pulled folder in its place, and what stood there into the pulled one's. */
static int place(const struct dut_session *session, int pull_fd, const char *folder, const char *to,
	struct problem *why)
{
	int dir_fd = session->store->dir_fd, r;
	unsigned int how = below_exists(dir_fd, to) ? RENAME_EXCHANGE : 0;

	r = below_rename(pull_fd, folder, dir_fd, to, how);
	if (r == 0)
		r = sync_folder(dir_fd, "cells");
	return r < 0 ? problem_set(why, r, "cannot rename %s/%s to its final name: %s",
			       session->store->dir, to, below_error(r))
		     : 0;
}

/* Attempts that the host's harness lost by itself come behind those that are known already. */
static int place_lost(const struct dut_session *session, int pull_fd, const char *folder,
	size_t index, const char *name, struct problem *why)
{
	int number = 1, fd, r = 0;

	while ((fd = store_lost(session->store, index, name, number, why)) >= 0) {
		close(fd);
		number++;
	}
	for (int i = 1; r == 0; i++, number++) {
		char from[STORE_FOLDER_MAX + 16], to[STORE_FOLDER_MAX];

		snprintf(from, sizeof(from), "%s.lost-%d", folder, i);
		if (!below_exists(pull_fd, from))
			break;
		r = store_folder(to, index, name, number, why);
		if (r == 0)
			r = place(session, pull_fd, from, to, why);
	}
	return r;
}

/*
 * Unpacks what the host sent into a new folder that nobody else can enter: the host is not trusted,
 * and it is looked at before it is a part of the run. Returns its descriptor.
 */
static int unpack(struct dut_session *session, int spool, struct problem *why)
{
	int dir_fd = session->store->dir_fd, fd, r = prune_folder(dir_fd, PULL, why);

	if (r < 0)
		return r;
	r = below_make_folder(dir_fd, PULL, 0700);
	fd = r < 0 ? r : below_folder(dir_fd, PULL);
	if (fd < 0)
		return problem_set(why, fd, "cannot make %s/%s: %s", session->store->dir, PULL,
			below_error(fd));
	r = lseek(spool, 0, SEEK_SET) < 0 ? problem_set(why, -errno, "cannot read what it sent")
					  : session->archives->unpack(spool, fd, FILEIO_MAX, why);
	if (r == 0)
		return fd;
	close(fd);
	return r;
}

/* Is the cell's folder whole: with an end, and as it was sealed? */
static int check_seal(int pull_fd, const char *folder, struct problem *why)
{
	struct problem inner = { "" };
	int fd = below_folder(pull_fd, folder), r;

	if (fd < 0)
		return problem_set(why, -ENOENT, "the host has no %s", folder);
	r = seal_check(fd, &inner);
	close(fd);
	if (r == 0)
		return 0;
	return problem_set(why, -EBADMSG, "%s arrived incomplete: %.300s", folder,
		r == 1 ? "it lacks " SEAL_FILE : inner.text);
}

/*
 * Of a host that died: a cell that was finished has to be whole; otherwise it is what is left of
 * the attempt, of which we know when it began.
 */
static int check_rescued(const struct dut_session *session, int pull_fd, const char *folder,
	const char *to, struct problem *why)
{
	char path[STORE_FOLDER_MAX + 16], here[STORE_FOLDER_MAX + 16];
	int r;

	snprintf(path, sizeof(path), "%s/%s", folder, SEAL_FILE);
	if (below_exists(pull_fd, path))
		return check_seal(pull_fd, folder, why);
	snprintf(path, sizeof(path), "%s/began.json", folder);
	snprintf(here, sizeof(here), "%s/began.json", to);
	r = below_rename(session->store->dir_fd, here, pull_fd, path, 0);
	if (r < 0 && r != -ENOENT)
		return problem_set(why, r, "cannot move %s: %s", here, below_error(r));
	return 0;
}

/* Looks at what was unpacked, and makes it a part of the run. */
static int take_unpacked(struct dut_session *session, size_t index, const char *name, int pull_fd,
	bool whole, struct problem *why)
{
	char to[STORE_FOLDER_MAX];
	const char *folder;
	int r = store_folder(to, index, name, 0, why);

	if (r < 0)
		return r;
	folder = strchr(to, '/') + 1;
	r = check_pulled(pull_fd, folder, why);
	if (r == 0)
		r = whole ? check_seal(pull_fd, folder, why)
			  : check_rescued(session, pull_fd, folder, to, why);
	if (r == 0)
		r = place_lost(session, pull_fd, folder, index, name, why);
	return r < 0 ? r : place(session, pull_fd, folder, to, why);
}

/*
 * The folders of a cell from an archive of them. A cell that is not `whole` was not finished.
 * Nothing of the archive is left behind, however it ends.
 */
static int take_in(struct dut_session *session, size_t index, const char *name, int spool,
	bool whole, struct problem *why)
{
	int fd = unpack(session, spool, why), r = fd, removed;

	if (fd >= 0) {
		r = take_unpacked(session, index, name, fd, whole, why);
		close(fd);
	}
	removed = prune_folder(session->store->dir_fd, PULL, r < 0 ? NULL : why);
	return r < 0 ? r : removed;
}

int dut_cell(struct dut_session *session, size_t index, const char *name, const char *key,
	uint64_t limit_ms, struct problem *why)
{
	const uint64_t copy_ms = session->dut->limits[DUT_COPY] * 1000ull;
	char line[DUT_LINE_MAX];
	struct dut_answer answer = { 0 };
	struct dut_order order = { .line = line,
		.in_fd = -1,
		.out_max = FILEIO_MAX,
		.limit_ms = 2 * limit_ms + copy_ms,
		.runs_cell = true,
		.loud = !session->quiet };
	int r;

	/*
	 * A harness whose controller was lost goes on to the end of its cell: it is waited for.
	 * What the host has of other cells is here already.
	 */
	r = dut_line(line, why,
		"run=%s key=%s cell=%03zu-%s; cd %s && flock -w %u $run/lock true && "
		"for old in $run/cells/*; do "
		"case $old in */$cell*) ;; *) rm -rf $old ;; esac; done && "
		"{ IGD_CONFIG= bin/igd-harness cell $run $key >&2 & echo $! >$run/pid; wait $!; } && "
		"cd $run/cells && tar -c $cell*",
		session->run, key, index + 1, name, session->dut->tree,
		(unsigned int)(limit_ms / 1000) + 1);
	if (r < 0)
		return r;
	order.out_fd = open_spool(why);
	if (order.out_fd < 0)
		return order.out_fd;
	r = dut_tell(session, &order, &answer, why);
	if (r == 0)
		r = take_in(session, index, name, order.out_fd, true, why);
	close(order.out_fd);
	return r;
}

int dut_rescue(struct dut_session *session, size_t index, const char *name, struct problem *why)
{
	char line[DUT_LINE_MAX];
	struct dut_answer answer = { 0 };
	struct dut_order order = { .line = line,
		.in_fd = -1,
		.out_max = FILEIO_MAX,
		.limit_ms = session->dut->limits[DUT_COPY] * 1000ull };
	int r;

	r = dut_line(line, why,
		"cell=%03zu-%s; cd %s/cells 2>/dev/null && [ -e $cell ] || exit %d; tar -c $cell",
		index + 1, name, session->run, NO_SUCH);
	if (r < 0)
		return r;
	order.out_fd = open_spool(why);
	if (order.out_fd < 0)
		return order.out_fd;
	r = dut_ask(session, &order, &answer, why);
	if (r == 0 && answer.status == NO_SUCH)
		r = -ENOENT;
	else if (r == 0 && answer.status != 0)
		r = problem_set(why, -EREMOTEIO, "%s failed: %s", session->dut->name, answer.last);
	if (r == 0)
		r = take_in(session, index, name, order.out_fd, false, why);
	close(order.out_fd);
	return r;
}
