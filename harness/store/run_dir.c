#include "harness/store/run_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/below/below.h"
#include "harness/base/fileio.h"
#include "harness/plan/plan.h"
#include "harness/store/seal.h"
#include "src/document.h"
#include "src/report.h"

int store_read_report(int dir_fd, json_t **report_r, struct problem *why)
{
	char *text = NULL;
	size_t length = 0;
	int r = fileio_read(dir_fd, "report.json", &text, &length, why);

	if (r == 0)
		r = report_parse(text, length, report_r, why);
	free(text);
	return r;
}

static int copy_in(int dir_fd, const char *name, const char *from, struct problem *why)
{
	char *bytes = NULL;
	size_t length = 0;
	int r;

	r = fileio_read(AT_FDCWD, from, &bytes, &length, why);
	if (r < 0)
		return problem_set(why, r, "cannot read %s: %s", from, strerror(-r));
	r = fileio_write(dir_fd, name, bytes, length, why);
	free(bytes);
	return r;
}

static int lock(struct store *store, struct problem *why)
{
	store->lock_fd = below_lock(store->dir_fd, "lock", true);
	if (store->lock_fd < 0)
		return problem_set(why, store->lock_fd, "cannot make %s/lock: %s", store->dir,
			below_error(store->lock_fd));
	if (flock(store->lock_fd, LOCK_EX | LOCK_NB) < 0)
		return problem_set(why, -EBUSY,
			"another igd-harness is writing in %s: wait for it, or use a "
			"different --out",
			store->dir);
	return 0;
}

static int open_dir(const char *dir, struct store *store, struct problem *why)
{
	*store = STORE_NONE;
	store->dir = strdup(dir);
	if (!store->dir)
		return -ENOMEM;
	store->dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (store->dir_fd < 0)
		return problem_set(
			why, -errno, "cannot open the run directory %s: %s", dir, strerror(errno));
	return 0;
}

/* A run that could not be frozen has not begun: the same command can be given again. */
static void take_back(struct store *store)
{
	static const char *const made[] = { "run.json", "plan.json", "matrix.known.yaml",
		"matrix.yaml", "lock" };

	for (size_t i = 0; i < sizeof(made) / sizeof(made[0]) && store->dir_fd >= 0; i++)
		below_remove(store->dir_fd, made[i], false);
	if (store->dir_fd >= 0)
		below_remove(store->dir_fd, "cells", true);
	if (store->dir)
		rmdir(store->dir);
}

void store_discard(struct store *store)
{
	take_back(store);
	store_close(store);
}

int store_make(const char *dir, const char *matrix_file, const char *known_file,
	struct store *store_r, struct problem *why)
{
	struct store store = STORE_NONE;
	int r;

	if (mkdir(dir, 0755) < 0)
		return problem_set(why, -errno, "cannot make the run directory %s: %s%s", dir,
			strerror(errno),
			errno == EEXIST ? "; a run never overwrites an existing one: use a new "
					  "--out"
					: "");
	r = open_dir(dir, &store, why);
	if (r < 0)
		goto out;
	r = lock(&store, why);
	if (r < 0)
		goto out;
	r = below_make_folder(store.dir_fd, "cells", 0755);
	if (r < 0) {
		problem_set(why, r, "cannot make %s/cells: %s", dir, strerror(-r));
		goto out;
	}
	if (matrix_file)
		r = copy_in(store.dir_fd, "matrix.yaml", matrix_file, why);
	if (r < 0)
		goto out;
	if (known_file)
		r = copy_in(store.dir_fd, "matrix.known.yaml", known_file, why);
	if (r < 0)
		goto out;
	*store_r = store;
	store = STORE_NONE;
out:
	if (r < 0 && store.dir)
		take_back(&store);
	store_close(&store);
	return r;
}

int store_freeze(
	const struct store *store, const json_t *run, const json_t *plan, struct problem *why)
{
	int r = fileio_write_json(store->dir_fd, "plan.json", plan, why);

	/* run.json last: a directory without it is not a run that began. */
	return r < 0 ? r : fileio_write_json(store->dir_fd, "run.json", run, why);
}

int store_create(const char *dir, const json_t *run, const json_t *plan, const char *matrix_file,
	const char *known_file, struct store *store_r, struct problem *why)
{
	struct store store = STORE_NONE;
	int r = store_make(dir, matrix_file, known_file, &store, why);

	if (r < 0)
		return r;
	r = store_freeze(&store, run, plan, why);
	if (r < 0)
		store_discard(&store);
	else
		*store_r = store;
	return r;
}

static int read_plan(const struct store *store, json_t **plan_r, struct problem *why)
{
	struct problem inner = { 0 };
	char *text = NULL;
	size_t length = 0;
	int r;

	r = fileio_read(store->dir_fd, "plan.json", &text, &length, why);
	if (r < 0)
		return problem_set(why, r, "%s has no plan.json", store->dir);
	r = plan_parse(text, length, plan_r, &inner);
	if (r < 0)
		problem_set(why, r, "%s/plan.json: %s", store->dir, inner.text);
	free(text);
	return r;
}

int store_open_bare(const char *dir, struct store *store_r, struct problem *why)
{
	struct store store = STORE_NONE;
	int r = open_dir(dir, &store, why);

	if (r == 0)
		r = lock(&store, why);
	if (r == 0) {
		*store_r = store;
		store = STORE_NONE;
	}
	store_close(&store);
	return r;
}

int store_open(const char *dir, bool write, struct store *store_r, json_t **run_r, json_t **plan_r,
	struct problem *why)
{
	struct store store = STORE_NONE;
	json_t *run = NULL, *plan = NULL;
	struct problem damage = { 0 };
	int r;

	r = open_dir(dir, &store, why);
	if (r < 0)
		goto out;
	if (write) {
		r = lock(&store, why);
		if (r < 0)
			goto out;
	}
	r = seal_check(store.dir_fd, &damage);
	if (r < 0) {
		problem_set(why, r, "%s: %s", dir, damage.text);
		goto out;
	}
	r = fileio_read_json(store.dir_fd, "run.json", DOCUMENT_RUN, &run, why);
	if (r == -ENOENT)
		problem_set(why, r, "%s has no run.json: it is not a run directory", dir);
	if (r < 0)
		goto out;
	if (plan_r)
		r = read_plan(&store, &plan, why);
	if (r < 0)
		goto out;
	*store_r = store;
	*run_r = run;
	if (plan_r)
		*plan_r = plan;
	store = STORE_NONE;
	run = plan = NULL;
out:
	json_decref(run);
	json_decref(plan);
	store_close(&store);
	return r;
}

int store_hold(struct store *store, struct problem *why)
{
	store->lock_fd = below_lock(store->dir_fd, "lock", false);
	if (store->lock_fd == -ENOENT)
		return 0;
	if (store->lock_fd < 0)
		return problem_set(why, store->lock_fd, "cannot open %s/lock: %s", store->dir,
			below_error(store->lock_fd));
	if (flock(store->lock_fd, LOCK_SH | LOCK_NB) < 0)
		return problem_set(why, -EBUSY,
			"another igd-harness is writing in %s: wait "
			"for it",
			store->dir);
	return 0;
}

void store_close(struct store *store)
{
	if (store->lock_fd >= 0)
		close(store->lock_fd);
	if (store->dir_fd >= 0)
		close(store->dir_fd);
	free(store->dir);
	*store = STORE_NONE;
}

int store_folder(char folder[static STORE_FOLDER_MAX], size_t index, const char *name, int number,
	struct problem *why)
{
	int length = number ? snprintf(folder, STORE_FOLDER_MAX, "cells/%03zu-%s.lost-%d",
				      index + 1, name, number)
			    : snprintf(folder, STORE_FOLDER_MAX, "cells/%03zu-%s", index + 1, name);

	if (length >= STORE_FOLDER_MAX)
		return problem_set(why, -ENAMETOOLONG, "the cell's name is too long: %s", name);
	return 0;
}

static int open_folder(const struct store *store, const char *folder, struct problem *why)
{
	int fd = below_folder(store->dir_fd, folder);

	if (fd >= 0 || fd == -ENOENT)
		return fd;
	return problem_set(why, fd, "cannot open %s/%s: %s", store->dir, folder, below_error(fd));
}

int store_cell(
	const struct store *store, size_t index, const char *name, bool make, struct problem *why)
{
	char folder[STORE_FOLDER_MAX];
	int r = store_folder(folder, index, name, 0, why);

	if (r < 0)
		return r;
	if (make)
		r = below_make_folder(store->dir_fd, folder, 0755);
	if (r < 0)
		return problem_set(
			why, r, "cannot make %s/%s: %s", store->dir, folder, below_error(r));
	return open_folder(store, folder, why);
}

int store_lost(
	const struct store *store, size_t index, const char *name, int number, struct problem *why)
{
	char folder[STORE_FOLDER_MAX];
	int r = store_folder(folder, index, name, number, why);

	return r < 0 ? r : open_folder(store, folder, why);
}

int store_set_aside(
	const struct store *store, size_t index, const char *name, int number, struct problem *why)
{
	char from[STORE_FOLDER_MAX], to[STORE_FOLDER_MAX];
	int cells, r = store_folder(from, index, name, 0, why);

	if (r == 0)
		r = store_folder(to, index, name, number, why);
	if (r < 0)
		return r;
	r = below_rename(store->dir_fd, from, store->dir_fd, to, 0);
	cells = below_folder(store->dir_fd, "cells");
	if (r == 0 && cells < 0)
		r = cells;
	if (r == 0 && fsync(cells) < 0)
		r = -errno;
	if (cells >= 0)
		close(cells);
	return r < 0 ? problem_set(why, r, "cannot set %s/%s aside: %s", store->dir, from,
			       below_error(r))
		     : 0;
}
