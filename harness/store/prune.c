#include "harness/store/prune.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/below/below.h"
#include "harness/base/file_list.h"
#include "harness/base/fileio.h"
#include "harness/plan/plan.h"
#include "harness/store/seal.h"
#include "src/document.h"

/*
 * What explains a verdict and does not make one. xen.log and the texts about QEMU are not among
 * them: fields of harness/evidence/fields.h are read there.
 */
static const char *const raw_files[] = { "console.log", "libxl.log", "qemu.log", "qemu-probe.log",
	"screen.png", "screen.ppm", "igd-screen.png" };

#define RAW_FILES (sizeof(raw_files) / sizeof(raw_files[0]))

/* Of a run directory these go last, in this order: they make it one. */
static const char *const last_files[] = { "plan.json", "run.json", "lock" };

#define LAST_FILES (sizeof(last_files) / sizeof(last_files[0]))

struct removal {
	dev_t device;
	bool dry_run;
	struct pruned *pruned;
	struct problem *why;
};

static bool goes_last(const char *name)
{
	for (size_t i = 0; i < LAST_FILES; i++) {
		if (strcmp(name, last_files[i]) == 0)
			return true;
	}
	return false;
}

static int cannot(const struct removal *removal, const char *name, int r)
{
	return problem_set(removal->why, r, "cannot remove %.200s: %s", name, below_error(r));
}

static int remove_below(int dir_fd, int depth, const struct removal *removal);

static int remove_one(int dir_fd, const char *name, int depth, const struct removal *removal)
{
	struct stat st;
	int fd, r = below_look(dir_fd, name, &st);

	if (r < 0)
		return r == -ENOENT ? 0 : cannot(removal, name, r);
	if (st.st_dev != removal->device)
		return problem_set(removal->why, -EXDEV,
			"%.200s is on a different file system, and no file of a run is", name);
	if (!S_ISDIR(st.st_mode)) {
		removal->pruned->files++;
		removal->pruned->bytes += (uint64_t)st.st_size;
		r = removal->dry_run ? 0 : below_remove(dir_fd, name, false);
		return r < 0 ? cannot(removal, name, r) : 0;
	}
	if (depth >= FILE_LIST_DEPTH)
		return problem_set(removal->why, -E2BIG,
			"%.200s: folders are nested too deeply for a run", name);
	fd = below_folder(dir_fd, name);
	if (fd < 0)
		return cannot(removal, name, fd);
	r = remove_below(fd, depth + 1, removal);
	close(fd);
	if (r == 0 && !removal->dry_run) {
		r = below_remove(dir_fd, name, true);
		if (r < 0)
			cannot(removal, name, r);
	}
	return r;
}

static int remove_below(int dir_fd, int depth, const struct removal *removal)
{
	DIR *dir = files_open(dir_fd);
	struct dirent *entry;
	int r = 0;

	if (!dir)
		return cannot(removal, "a folder", -errno);
	while (r == 0 && (entry = readdir(dir))) {
		const char *name = entry->d_name;

		if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0 &&
			(depth > 0 || !goes_last(name)))
			r = remove_one(dir_fd, name, depth, removal);
	}
	closedir(dir);
	return r;
}

int prune_open(const struct store *store, char name[static BELOW_NAME_MAX], struct stat *st_r,
	struct problem *why)
{
	int parent_fd = below_parent(store->dir, name);
	struct stat open;
	int r;

	if (parent_fd == -EINVAL)
		return problem_set(why, parent_fd,
			"%s: name the run directory itself, not a path that ends with \".\" or "
			"\"..\"",
			store->dir);
	r = parent_fd < 0 ? parent_fd : below_look(parent_fd, name, st_r);
	if (r == 0 && fstat(store->dir_fd, &open) < 0)
		r = -errno;
	if (r < 0)
		problem_set(why, r, "cannot look at %s: %s", store->dir, strerror(-r));
	else if (S_ISLNK(st_r->st_mode))
		r = problem_set(
			why, -EINVAL, "%s is a link: name the run directory itself", store->dir);
	else if (st_r->st_dev != open.st_dev || st_r->st_ino != open.st_ino)
		r = problem_set(why, -EBUSY, "%s was exchanged while it was looked at", store->dir);
	if (r < 0 && parent_fd >= 0)
		close(parent_fd);
	return r < 0 ? r : parent_fd;
}

int prune_run(const struct store *store, bool dry_run, struct pruned *pruned, struct problem *why)
{
	struct removal removal = { .dry_run = dry_run, .pruned = pruned, .why = why };
	char name[BELOW_NAME_MAX];
	struct stat st;
	int parent_fd = prune_open(store, name, &st, why), r;

	if (parent_fd < 0)
		return parent_fd;
	removal.device = st.st_dev;
	r = remove_below(store->dir_fd, 0, &removal);
	for (size_t i = 0; i < LAST_FILES && r == 0; i++)
		r = remove_one(store->dir_fd, last_files[i], 0, &removal);
	if (r == 0 && !dry_run) {
		r = below_remove(parent_fd, name, true);
		if (r < 0)
			cannot(&removal, store->dir, r);
	}
	close(parent_fd);
	return r;
}

int prune_folder(int dir_fd, const char *name, struct problem *why)
{
	struct pruned pruned = { 0 };
	struct removal removal = { .pruned = &pruned, .why = why };
	struct stat st;

	if (fstat(dir_fd, &st) < 0)
		return cannot(&removal, name, -errno);
	removal.device = st.st_dev;
	return remove_one(dir_fd, name, 0, &removal);
}

/* {"console.log": {"bytes": ..., "sha256": ...}} of the raw files that are there; 0 or an errno. */
static int describe_raw(int cell_fd, json_t *files, struct pruned *pruned, struct problem *why)
{
	for (size_t i = 0; i < RAW_FILES; i++) {
		int r = 0;
		json_t *file = seal_describe(cell_fd, raw_files[i], BELOW_ANY_SIZE, &r);

		if (!file && r == -ENOENT)
			continue;
		if (!file)
			return problem_set(
				why, r, "cannot read %s: %s", raw_files[i], below_error(r));
		pruned->bytes += (uint64_t)json_integer_value(json_object_get(file, "bytes"));
		json_object_set_new(files, raw_files[i], file);
		pruned->files++;
	}
	return 0;
}

/* What went is written down, on disk, before it goes. */
static int prune_cell(int cell_fd, bool dry_run, struct pruned *pruned, struct problem *why)
{
	json_t *document = document_new(DOCUMENT_PRUNED, DOCUMENT_VERSION), *before = NULL;
	json_t *files = json_object();
	int r;

	r = document && files ? describe_raw(cell_fd, files, pruned, why) : -ENOMEM;
	if (r == 0 && json_object_size(files) > 0 && !dry_run) {
		/* An earlier pruning that was cut short has written some of it. */
		if (fileio_read_json(cell_fd, PRUNED_FILE, DOCUMENT_PRUNED, &before, NULL) == 0)
			json_object_update_missing(files, json_object_get(before, "files"));
		json_object_set(document, "files", files);
		r = fileio_write_json(cell_fd, PRUNED_FILE, document, why);
		for (size_t i = 0; i < RAW_FILES && r == 0; i++) {
			r = below_remove(cell_fd, raw_files[i], false);
			if (r == -ENOENT)
				r = 0;
			if (r < 0)
				problem_set(
					why, r, "cannot remove %s: %s", raw_files[i], strerror(-r));
		}
	}
	json_decref(before);
	json_decref(files);
	json_decref(document);
	return r;
}

static bool has_passed(const json_t *finding)
{
	return strcmp(document_text(finding, "verdict"), "PASS") == 0 &&
	       strcmp(document_text(finding, "ending"), "done") == 0;
}

/* The same of the cell at that place of the plan, or of a repeat of it. */
static int prune_place(const struct store *store, size_t place, const char *name, bool dry_run,
	struct pruned *pruned, struct problem *why)
{
	int fd = store_cell(store, place, name, false, why), r;

	if (fd < 0)
		return problem_set(
			why, fd, "cannot prune the logs of cell %s: %s", name, below_error(fd));
	r = prune_cell(fd, dry_run, pruned, why);
	close(fd);
	return r;
}

int prune_logs(const struct store *store, const json_t *plan, const json_t *findings, bool dry_run,
	struct pruned *pruned, struct problem *why)
{
	int cells_fd = below_folder(store->dir_fd, "cells"), r = 0;
	const json_t *cells = json_object_get(plan, "cells"), *cell;
	json_t *places;
	size_t i;

	/* To the judge a cell that cannot be opened is one that did not run. */
	if (cells_fd < 0 && cells_fd != -ENOENT)
		return problem_set(why, cells_fd, "cannot open %s/cells: %s", store->dir,
			below_error(cells_fd));
	if (cells_fd >= 0)
		close(cells_fd);
	places = plan_places(plan);
	json_array_foreach(json_object_get(findings, "cells"), i, cell)
	{
		const char *name = document_text(cell, "name");
		ssize_t place = plan_place(places, name);

		if (!has_passed(cell) || place < 0)
			continue;
		/* The repeats of a cell follow one another in the plan. */
		do {
			r = prune_place(store, (size_t)place, name, dry_run, pruned, why);
			place++;
		} while (r == 0 && (size_t)place < json_array_size(cells) &&
			 strcmp(document_text(json_array_get(cells, (size_t)place), "name"),
				 name) == 0);
		if (r < 0)
			break;
	}
	json_decref(places);
	return r;
}

json_t *prune_names(int cell_fd)
{
	json_t *document = NULL, *names, *file;
	const char *name;

	if (fileio_read_json(cell_fd, PRUNED_FILE, DOCUMENT_PRUNED, &document, NULL) < 0)
		return NULL;
	names = json_array();
	json_object_foreach(json_object_get(document, "files"), name, file)
		json_array_append_new(names, json_string(name));
	json_decref(document);
	return names;
}
