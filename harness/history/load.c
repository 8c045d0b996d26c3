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
#include "harness/history/cache.h"
#include "harness/history/history.h"
#include "harness/history/private.h"

struct loader {
	const struct history_request *request;
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

/* What tells whether a run is as it was: its files and their times. "" if it cannot be read. */
static void stamp_of(int dir_fd, char *stamp, size_t size)
{
	static const char *const files[] = { "run.json", "findings.json" };
	size_t used = 0;
	struct stat st;

	stamp[0] = '\0';
	for (size_t i = 0; i < 2 && used < size; i++) {
		if (below_look(dir_fd, files[i], &st) < 0) {
			/* Without findings the run is judged each time: it may go on. */
			stamp[0] = '\0';
			return;
		}
		used += (size_t)snprintf(stamp + used, size - used, "%llu %lld %lld.%09ld ",
			(unsigned long long)st.st_ino, (long long)st.st_size,
			(long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
	}
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

/* The run's page, as the user may have written it: DIR/report.html, or DIR.html beside it. */
static char *page_of(const char *dir, int dir_fd)
{
	char name[BELOW_NAME_MAX], beside[BELOW_NAME_MAX + 8], *page = NULL;
	int length = (int)strlen(dir), fd;
	bool there;

	while (length > 1 && dir[length - 1] == '/')
		length--;
	if (below_exists(dir_fd, "report.html"))
		return asprintf(&page, "%.*s/report.html", length, dir) < 0 ? NULL : page;
	fd = below_parent(dir, name);
	if (fd < 0)
		return NULL;
	snprintf(beside, sizeof(beside), "%s.html", name);
	there = below_exists(fd, beside);
	close(fd);
	return !there || asprintf(&page, "%.*s.html", length, dir) < 0 ? NULL : page;
}

static int read_run(struct loader *loader, const char *dir, int dir_fd)
{
	char key[PATH_MAX], stamp[128];
	json_t *extract = NULL;
	int r;

	if (loader->history->count >= HISTORY_RUNS_MAX)
		return problem_set(loader->why, -EINVAL, "there are more than %d runs: name fewer",
			HISTORY_RUNS_MAX);
	stamp_of(dir_fd, stamp, sizeof(stamp));
	if (!realpath(dir, key))
		stamp[0] = '\0';
	r = load_kept(loader, dir, key, stamp);
	if (r != -ENOENT)
		return r;
	r = history_extract(dir, &extract, loader->why);
	if (r == 0) {
		r = history_take(loader->history, dir, extract);
		if (r == -EINVAL)
			problem_set(loader->why, r,
				"%.200s has findings that are not as docs/schema/findings.json: "
				"`igd-harness judge` of a run shows what is wrong with it",
				dir);
		else if (r == 0)
			keep(loader, key, stamp, extract);
	}
	json_decref(extract);
	return r;
}

static int is_shown(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static int load_run(struct loader *loader, const char *dir, int dir_fd)
{
	int r = read_run(loader, dir, dir_fd);

	if (r == 0)
		loader->history->runs[loader->history->count - 1].page = page_of(dir, dir_fd);
	return r;
}

/* The entries of a folder that are run directories; others are left out. */
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
		int fd;

		if (r == 0 && asprintf(&path, "%s/%s", dir, entries[i]->d_name) < 0) {
			path = NULL;
			r = -ENOMEM;
		}
		fd = r == 0 ? open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
		if (fd >= 0 && below_exists(fd, "run.json")) {
			r = load_run(loader, path, fd);
			found++;
		}
		if (fd >= 0)
			close(fd);
		free(path);
		free(entries[i]);
	}
	free(entries);
	if (r == 0 && found == 0)
		r = problem_set(loader->why, -ENOENT,
			"%.200s is not a run directory, and has none in it: name the directories "
			"of runs, or the folder that they are in",
			dir);
	return r;
}

static int load_named(struct loader *loader, const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), r;

	if (fd < 0)
		return problem_set(
			loader->why, -errno, "cannot open %.200s: %s", dir, strerror(errno));
	r = below_exists(fd, "run.json") ? load_run(loader, dir, fd) : load_folder(loader, dir);
	close(fd);
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
	if (r == 0 && request->host)
		r = choose_host(history, request->host, why);
	if (r == -ENOMEM)
		problem_set(why, r, "out of memory");
	if (r == 0)
		qsort_r(history->runs, history->count, sizeof(*history->runs), by_time, history);
	return r;
}
