#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/below/below.h"
#include "harness/base/module.h"
#include "harness/bundle/file.h"
#include "harness/history/cache.h"
#include "harness/history/history.h"
#include "harness/history/private.h"

/* A run directory, or a bundle, that is open. */
struct source {
	const char *path;
	int fd;
	bool is_bundle;
};

struct loader {
	const struct history_request *request;
	const struct bundle_module *archives; /* loaded with the first bundle */
	const struct history_cache_module *module;
	struct history_cache *cache;
	struct history *history;
	struct problem *why;
};

static int open_cache(struct loader *loader)
{
	const char *path = loader->request->cache;
	struct problem error = { "" };

	if (!path)
		return 0;
	loader->module = module_load(HISTORY_CACHE_MODULE, HISTORY_CACHE_MODULE_SYMBOL, &error);
	if (!loader->module || loader->module->abi != HISTORY_CACHE_ABI)
		return problem_set(loader->why, -EINVAL,
			"--cache needs SQLite (Debian: libsqlite3-0), and " HISTORY_CACHE_MODULE
			" beside the program: %.200s",
			loader->module ? "it belongs to a different version" : error.text);
	return loader->module->open(path, &loader->cache, loader->why);
}

static size_t stamp_file(const struct stat *st, char *stamp, size_t size)
{
	return (size_t)snprintf(stamp, size, "%llu %lld %lld.%09ld ",
		(unsigned long long)st->st_ino, (long long)st->st_size,
		(long long)st->st_mtim.tv_sec, st->st_mtim.tv_nsec);
}

/* What tells whether a run is as it was: its files and their times. "" if it cannot be read. */
static void stamp_of(const struct source *source, char *stamp, size_t size)
{
	static const char *const files[] = { "run.json", "findings.json" };
	size_t used = 0;
	struct stat st;

	stamp[0] = '\0';
	if (source->is_bundle) {
		if (fstat(source->fd, &st) == 0)
			stamp_file(&st, stamp, size);
		return;
	}
	for (size_t i = 0; i < 2 && used < size; i++) {
		if (below_look(source->fd, files[i], &st) < 0) {
			/* Without findings the run is judged each time: it may go on. */
			stamp[0] = '\0';
			return;
		}
		used += stamp_file(&st, stamp + used, size - used);
	}
}

static bool is_bundle_name(const char *name)
{
	const size_t end = sizeof(HISTORY_BUNDLE) - 1, length = strlen(name);

	return length > end && strcmp(name + length - end, HISTORY_BUNDLE) == 0;
}

/* Takes the run from the cache. Returns 0, -ENOENT if it is not there, or another negative errno.
 */
static int load_kept(struct loader *loader, const char *dir, const char *key, const char *stamp)
{
	char *text =
		loader->cache && stamp[0] ? loader->module->get(loader->cache, key, stamp) : NULL;
	json_t *extract = text ? json_loads(text, JSON_REJECT_DUPLICATES, NULL) : NULL;
	int r = extract ? history_take(loader->history, dir, extract) : -ENOENT;

	json_decref(extract);
	free(text);
	return r == -EINVAL ? -ENOENT : r;
}

static void keep(struct loader *loader, const char *key, const char *stamp, const json_t *extract)
{
	char *text = loader->cache && stamp[0] ? json_dumps(extract, JSON_COMPACT) : NULL;

	if (text)
		loader->module->put(loader->cache, key, stamp, text);
	free(text);
}

/* The run's page, as the user may have written it: DIR/report.html, or DIR.html beside it, and
 * NAME.html beside the bundle NAME.tar.zst. */
static char *page_of(const struct source *source)
{
	char name[BELOW_NAME_MAX], beside[BELOW_NAME_MAX + 8], *page = NULL;
	int length = (int)strlen(source->path), fd;
	size_t end = sizeof(HISTORY_BUNDLE) - 1;
	bool there;

	while (length > 1 && source->path[length - 1] == '/')
		length--;
	if (!source->is_bundle && below_exists(source->fd, "report.html"))
		return asprintf(&page, "%.*s/report.html", length, source->path) < 0 ? NULL : page;
	fd = below_parent(source->path, name);
	if (fd < 0)
		return NULL;
	if (source->is_bundle && is_bundle_name(name)) {
		name[strlen(name) - end] = '\0';
		length -= (int)end;
	}
	snprintf(beside, sizeof(beside), "%s.html", name);
	there = below_exists(fd, beside);
	close(fd);
	return !there || asprintf(&page, "%.*s.html", length, source->path) < 0 ? NULL : page;
}

static int extract(struct loader *loader, const struct source *source, json_t **extract_r)
{
	if (!source->is_bundle)
		return history_extract(source->path, extract_r, loader->why);
	if (!loader->archives)
		loader->archives = bundle_load(loader->why);
	return loader->archives ? history_extract_bundle(loader->archives, source->fd, source->path,
					  extract_r, loader->why)
				: -EINVAL;
}

static int read_run(struct loader *loader, const struct source *source)
{
	char key[PATH_MAX], stamp[128];
	json_t *document = NULL;
	int r;

	if (loader->history->count >= HISTORY_RUNS_MAX)
		return problem_set(loader->why, -EINVAL, "there are more than %d runs: name fewer",
			HISTORY_RUNS_MAX);
	stamp_of(source, stamp, sizeof(stamp));
	if (!realpath(source->path, key))
		stamp[0] = '\0';
	r = load_kept(loader, source->path, key, stamp);
	if (r != -ENOENT)
		return r;
	r = extract(loader, source, &document);
	if (r == 0) {
		r = history_take(loader->history, source->path, document);
		if (r == -EINVAL)
			problem_set(loader->why, r,
				"%.200s has findings that are not as docs/schema/findings.json: "
				"`igd-harness judge` of a run shows what is wrong with it",
				source->path);
		else if (r == 0)
			keep(loader, key, stamp, document);
	}
	json_decref(document);
	return r;
}

static int is_shown(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static int load_run(struct loader *loader, const struct source *source)
{
	int r = read_run(loader, source);

	if (r == 0) {
		struct history_run *run = &loader->history->runs[loader->history->count - 1];

		run->is_bundle = source->is_bundle;
		run->page = page_of(source);
	}
	return r;
}

/* Opens a run directory or a bundle in a folder. Returns 0; -ENOENT for what is neither. */
static int open_entry(const char *path, const char *name, struct source *source_r)
{
	bool is_bundle = is_bundle_name(name);
	int fd = open(
		path, (is_bundle ? O_NONBLOCK : O_DIRECTORY) | O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	if (fd >= 0 && is_bundle) {
		fd = below_plain(fd, &st);
	} else if (fd >= 0 && !below_exists(fd, "run.json")) {
		close(fd);
		fd = -1;
	}
	*source_r = (struct source){ path, fd, is_bundle };
	return fd < 0 ? -ENOENT : 0;
}

/* Loads an entry of a folder if it is a run: what is something else is left out. */
static int load_entry(struct loader *loader, const char *path, const char *name, size_t *found)
{
	struct source source;
	int r = open_entry(path, name, &source);

	if (r < 0)
		return 0;
	r = load_run(loader, &source);
	close(source.fd);
	/* A bundle of a host, for instance. */
	if (r == -ENOENT && source.is_bundle)
		return 0;
	*found += 1;
	return r;
}

/* The entries of a folder that are runs. */
static int load_folder(struct loader *loader, const char *dir)
{
	struct dirent **entries = NULL;
	int count = scandir(dir, &entries, is_shown, alphasort), r = 0;
	size_t found = 0;

	if (count < 0)
		return problem_set(
			loader->why, -errno, "cannot read %.200s: %s", dir, strerror(errno));
	for (int i = 0; i < count; i++) {
		char *path = NULL;

		if (r == 0 && asprintf(&path, "%s/%s", dir, entries[i]->d_name) < 0) {
			path = NULL;
			r = -ENOMEM;
		}
		if (r == 0)
			r = load_entry(loader, path, entries[i]->d_name, &found);
		free(path);
		free(entries[i]);
	}
	free(entries);
	if (r == 0 && found == 0)
		r = problem_set(loader->why, -ENOENT,
			"%.200s is not a run directory, and has none in it, and no bundle: name "
			"the directories of runs, bundles, or the folder that they are in",
			dir);
	return r;
}

static int load_named(struct loader *loader, const char *path)
{
	struct source source = { path, open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC), false };
	struct stat st;
	int r;

	if (source.fd < 0)
		return problem_set(
			loader->why, -errno, "cannot open %.200s: %s", path, strerror(errno));
	if (fstat(source.fd, &st) == 0 && !S_ISDIR(st.st_mode)) {
		source.is_bundle = true;
		r = below_plain(source.fd, &st);
		if (r < 0)
			return problem_set(
				loader->why, r, "cannot read %.200s: %s", path, below_error(r));
	}
	r = source.is_bundle || below_exists(source.fd, "run.json") ? load_run(loader, &source)
								    : load_folder(loader, path);
	close(source.fd);
	return r;
}

static int by_time(const void *a, const void *b, void *data)
{
	const struct history_run *x = a, *y = b;
	const struct history *history = data;
	int order = strcmp(history->texts[x->started], history->texts[y->started]);

	return order ? order : strcmp(x->dir, y->dir);
}

/* Frees the runs of other hosts. */
static int choose_host(struct history *history, const char *host, struct problem *why)
{
	size_t count = 0;

	for (size_t i = 0; i < history->count; i++) {
		struct history_run *run = &history->runs[i];

		if (strcmp(history->texts[run->host], host) == 0) {
			history->runs[count++] = *run;
			continue;
		}
		history_run_free(run);
	}
	history->count = count;
	if (count == 0)
		return problem_set(why, -ENOENT,
			"no run is of the host \"%.100s\": `igd-harness history` without --host "
			"lists the hosts",
			host);
	return 0;
}

int history_load(
	const struct history_request *request, struct history *history, struct problem *why)
{
	struct loader loader = { .request = request, .history = history, .why = why };
	int r = open_cache(&loader);

	for (size_t i = 0; i < request->count && r == 0; i++)
		r = load_named(&loader, request->dirs[i]);
	if (loader.cache)
		loader.module->close(loader.cache);
	if (r == 0)
		r = history_leave_out_copies(history);
	if (r == 0 && request->host)
		r = choose_host(history, request->host, why);
	if (r == -ENOMEM)
		problem_set(why, r, "out of memory");
	if (r == 0)
		qsort_r(history->runs, history->count, sizeof(*history->runs), by_time, history);
	return r;
}
