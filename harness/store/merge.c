#include "harness/store/merge.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/below/below.h"
#include "harness/base/build_version.h"
#include "harness/base/file_list.h"
#include "harness/base/fileio.h"
#include "harness/base/measured_on.h"
#include "harness/base/run_files.h"
#include "harness/plan/shard.h"
#include "harness/store/prune.h"
#include "harness/store/run_dir.h"
#include "harness/store/seal.h"
#include "src/document.h"

/* The run of a shard. */
struct piece {
	const char *dir;
	struct store store;
	json_t *run, *plan;
	json_int_t shard;
};

static void close_pieces(struct piece *pieces, size_t count)
{
	for (size_t i = 0; pieces && i < count; i++) {
		json_decref(pieces[i].run);
		json_decref(pieces[i].plan);
		store_close(&pieces[i].store);
	}
	free(pieces);
}

static int open_piece(const char *dir, struct piece *piece, struct problem *why)
{
	const json_t *index;
	int r;

	piece->dir = dir;
	r = store_open(dir, false, &piece->store, &piece->run, &piece->plan, why);
	if (r == 0)
		r = store_hold(&piece->store, why);
	if (r < 0)
		return r;
	index = json_object_get(json_object_get(piece->plan, "shard"), "index");
	piece->shard = json_integer_value(index);
	if (piece->shard < 1 || piece->shard > SHARDS_MAX)
		return problem_set(why, -EINVAL,
			"%s is not the run of a shard: only runs with --shard can be merged", dir);
	/* Which shard it is, is all in which the plans of shards differ. */
	json_object_del(json_object_get(piece->plan, "shard"), "index");
	return 0;
}

static int by_shard(const void *a, const void *b)
{
	const struct piece *x = a, *y = b;

	return (x->shard > y->shard) - (x->shard < y->shard);
}

/* Do they belong together, each once? They are sorted. */
static int check_pieces(const struct piece *pieces, size_t count, struct problem *why)
{
	for (size_t i = 1; i < count; i++) {
		const struct piece *a = &pieces[i - 1], *b = &pieces[i];

		if (!json_equal(a->plan, b->plan))
			return problem_set(why, -EINVAL,
				"%s and %s are not shards of one plan: they differ in the matrix, the "
				"selected cells or the number of shards",
				a->dir, b->dir);
		if (a->shard == b->shard)
			return problem_set(why, -EINVAL,
				"%s and %s are both shard %" JSON_INTEGER_FORMAT
				": name one of them",
				a->dir, b->dir, a->shard);
		if (strcmp(document_text(json_object_get(a->run, "identities"), "acts_as"),
			    document_text(json_object_get(b->run, "identities"), "acts_as")) != 0)
			return problem_set(why, -EINVAL,
				"the guests of %s and %s were made by different back ends", a->dir,
				b->dir);
	}
	return 0;
}

json_t *merge_common(const json_t *a, const json_t *b)
{
	json_t *common, *value, *same;
	const char *key;

	if (json_equal(a, b))
		return json_incref((json_t *)a);
	if (!json_is_object(a) || !json_is_object(b))
		return NULL;
	common = json_object();
	json_object_foreach((json_t *)a, key, value)
	{
		same = merge_common(value, json_object_get(b, key));
		if (same)
			json_object_set_new(common, key, same);
	}
	return common;
}

static json_t *merged_identities(const struct piece *pieces, size_t count)
{
	json_t *common = json_deep_copy(json_object_get(pieces[0].run, "identities"));
	json_t *shards = json_array();

	for (size_t i = 0; i < count; i++) {
		const json_t *own = json_object_get(pieces[i].run, "identities");
		json_t *shard = json_pack("{s:I, s:O?}", "shard", pieces[i].shard, "started",
			json_object_get(pieces[i].run, "started"));
		json_t *narrower = merge_common(common, own);

		json_object_update(shard, (json_t *)own);
		json_array_append_new(shards, shard);
		json_decref(common);
		common = json_is_object(narrower) ? json_deep_copy(narrower) : json_object();
		json_decref(narrower);
	}
	if (!json_object_get(common, "host"))
		json_object_set_new(common, "host", json_object());
	for (size_t i = 0; i < count; i++)
		measured_on_keep(common, json_object_get(pieces[i].run, "identities"));
	json_object_set_new(common, "shards", shards);
	return common;
}

static json_t *merged_run(const struct piece *pieces, size_t count)
{
	const char *started = document_text(pieces[0].run, "started");
	json_t *run = document_new(DOCUMENT_RUN, DOCUMENT_VERSION);

	for (size_t i = 1; i < count; i++) {
		const char *other = document_text(pieces[i].run, "started");

		if (strcmp(other, started) < 0)
			started = other;
	}
	json_object_set_new(run, "harness", json_string(build_version()));
	json_object_set_new(run, "started", json_string(started));
	json_object_set_new(run, "settings", json_null());
	json_object_set_new(run, "identities", merged_identities(pieces, count));
	return run;
}

static int copy_file(int from_fd, int to_fd, const char *path, struct problem *why)
{
	const char *name = strrchr(path, '/');
	char folder[FILE_LIST_PATH_MAX], *bytes = NULL;
	size_t length;
	int fd, r;

	snprintf(folder, sizeof(folder), "%.*s", name ? (int)(name - path) : 0, path);
	fd = below_folder(to_fd, folder);
	if (fd < 0)
		return problem_set(why, fd, "cannot open %s: %s", folder, below_error(fd));
	r = fileio_read(from_fd, path, &bytes, &length, why);
	if (r == 0)
		r = fileio_write(fd, name + 1, bytes, length, why);
	free(bytes);
	close(fd);
	return r;
}

/* The folders of the cells, lost attempts among them, with all that is in them. */
static int copy_cells(const struct piece *piece, const struct store *to, struct problem *why)
{
	int from_fd = below_folder(piece->store.dir_fd, "cells");
	int to_fd = below_folder(to->dir_fd, "cells"), r = from_fd < 0 ? from_fd : to_fd;
	struct files files = { 0 };

	if (r < 0)
		problem_set(why, r, "cannot open the cells of %s: %s", piece->dir, below_error(r));
	else
		r = file_list_read(from_fd, NULL, &files, why);
	for (size_t i = 0; r == 0 && i < files.count; i++) {
		const struct file_list_entry *entry = &files.entries[i];

		if (!entry->folder)
			r = copy_file(from_fd, to_fd, entry->path, why);
		else if ((r = below_make_folder(to_fd, entry->path, 0755)) < 0)
			problem_set(why, r, "cannot make the folder %s: %s", entry->path,
				below_error(r));
	}
	file_list_free(&files);
	if (from_fd >= 0)
		close(from_fd);
	if (to_fd >= 0)
		close(to_fd);
	return r;
}

/* A file of a shard's run, as one of the whole; without it nothing. */
static int copy_frozen(const struct piece *piece, const char *from, const struct store *to,
	const char *name, struct problem *why)
{
	char *bytes = NULL;
	size_t length;
	int r = fileio_read(piece->store.dir_fd, from, &bytes, &length, why);

	if (r == -ENOENT)
		return 0;
	if (r == 0)
		r = fileio_write(to->dir_fd, name, bytes, length, why);
	free(bytes);
	return r;
}

/* What the shard's host could do: for people, since each cell has its own ending. */
static int copy_host(const struct piece *piece, const struct store *to, struct problem *why)
{
	char name[FILEIO_NAME_MAX];

	snprintf(name, sizeof(name), MERGE_HOST_FILE, piece->shard);
	return copy_frozen(piece, HOST_FILE, to, name, why);
}

/* Makes the whole under another name, so that `out` is never half of it. */
static int write_merged(struct piece *pieces, size_t count, const char *dir, struct store *store,
	struct problem *why)
{
	static const char *const frozen[] = { "matrix.yaml", "matrix.known.yaml", PATTERNS_FILE };
	json_t *run = NULL;
	int r;

	if (!below_exists(pieces[0].store.dir_fd, "matrix.yaml"))
		return problem_set(why, -ENOENT, "%s has no matrix.yaml", pieces[0].dir);
	r = store_make(dir, NULL, NULL, store, why);
	for (size_t i = 0; r == 0 && i < sizeof(frozen) / sizeof(frozen[0]); i++)
		r = copy_frozen(&pieces[0], frozen[i], store, frozen[i], why);
	if (r == 0) {
		run = merged_run(pieces, count);
		r = store_freeze(store, run, pieces[0].plan, why);
	}
	for (size_t i = 0; r == 0 && i < count; i++) {
		r = copy_host(&pieces[i], store, why);
		if (r == 0)
			r = copy_cells(&pieces[i], store, why);
	}
	if (r == 0)
		r = seal_write(store->dir_fd, why);
	json_decref(run);
	return r;
}

static int put_in_place(const char *unfinished, const char *out, struct problem *why)
{
	if (renameat2(AT_FDCWD, unfinished, AT_FDCWD, out, RENAME_NOREPLACE) < 0)
		return problem_set(why, -errno, "cannot make %s: %s%s", out, strerror(errno),
			errno == EEXIST ? "; a run never overwrites an existing one: use a new "
					  "--out"
					: "");
	return 0;
}

static json_t *missing_shards(const struct piece *pieces, size_t count)
{
	json_int_t shards = json_integer_value(
		json_object_get(json_object_get(pieces[0].plan, "shard"), "count"));
	json_t *missing = json_array();
	size_t next = 0;

	for (json_int_t shard = 1; shard <= shards && shard <= SHARDS_MAX; shard++) {
		if (next < count && pieces[next].shard == shard)
			next++;
		else
			json_array_append_new(missing, json_integer(shard));
	}
	return missing;
}

int merge_runs(
	char *const *dirs, size_t count, const char *out, json_t **missing_r, struct problem *why)
{
	struct piece *pieces = calloc(count, sizeof(*pieces));
	struct store store = STORE_NONE;
	struct pruned nothing = { 0 };
	char *unfinished = NULL;
	int r = 0;

	if (!pieces || asprintf(&unfinished, "%s.unfinished", out) < 0) {
		free(pieces);
		return problem_set(why, -ENOMEM, "no memory to merge %zu runs", count);
	}
	for (size_t i = 0; i < count; i++)
		pieces[i].store = STORE_NONE;
	for (size_t i = 0; r == 0 && i < count; i++)
		r = open_piece(dirs[i], &pieces[i], why);
	if (r == 0) {
		qsort(pieces, count, sizeof(*pieces), by_shard);
		r = check_pieces(pieces, count, why);
	}
	if (r == 0)
		r = write_merged(pieces, count, unfinished, &store, why);
	if (r == 0)
		r = put_in_place(unfinished, out, why);
	if (r == 0)
		*missing_r = missing_shards(pieces, count);
	else if (store.dir)
		prune_run(&store, false, &nothing, NULL);
	store_close(&store);
	free(unfinished);
	close_pieces(pieces, count);
	return r;
}
