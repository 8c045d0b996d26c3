#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "harness/base/below/below.h"
#include "harness/base/clock.h"
#include "harness/cli/commands.h"
#include "harness/cli/fail.h"
#include "harness/judge/judge.h"
#include "harness/store/prune.h"
#include "src/document.h"

#define DAYS_MAX 36500
#define KEEP_MAX 1000000

static struct {
	const char *keep, *older;
	bool logs, dry_run;
} opts;

static const struct command_option options[] = {
	{ "keep", "N", "keep the N runs that began last", .text = &opts.keep },
	{ "older", "DAYS", "keep the runs that began in the last DAYS days", .text = &opts.older },
	{ "logs", NULL,
		"remove only the raw logs and pictures of cells that passed, of the\n"
		"                          runs not kept; without --keep and --older, of all runs",
		.flag = &opts.logs },
	{ "dry-run", NULL, "list what would be removed, and remove nothing",
		.flag = &opts.dry_run },
	{ NULL },
};

struct candidate {
	const char *dir;
	time_t began; /* (time_t)-1: it does not say */
	dev_t device;
	ino_t inode;
	bool kept;
};

/* A whole number of at most `max`. Returns 0 or -EINVAL. */
static int number_of(const char *text, long max, long *number_r)
{
	char *end = NULL;

	errno = 0;
	*number_r = strtol(text, &end, 10);
	return *text >= '0' && *text <= '9' && !*end && !errno && *number_r <= max ? 0 : -EINVAL;
}

static int look_at(const char *dir, struct candidate *candidate, struct problem *why)
{
	json_t *run = NULL, *plan = NULL;
	struct store store = STORE_NONE;
	char name[BELOW_NAME_MAX];
	struct stat st = { 0 };
	int fd = -1, r;

	*candidate = (struct candidate){ .dir = dir, .began = (time_t)-1 };
	r = store_open(dir, false, &store, &run, &plan, why);
	if (r == 0)
		r = fd = prune_open(&store, name, &st, why);
	if (r >= 0) {
		close(fd);
		r = 0;
		candidate->device = st.st_dev;
		candidate->inode = st.st_ino;
		clock_parse(document_text(run, "started"), &candidate->began);
	}
	json_decref(run);
	json_decref(plan);
	store_close(&store);
	return r;
}

/* The last first; those that do not say when they began before all, so that they are kept. */
static int by_beginning(const void *a, const void *b)
{
	const struct candidate *one = a, *other = b;
	bool unknown = one->began == (time_t)-1, other_unknown = other->began == (time_t)-1;

	if (unknown != other_unknown)
		return unknown ? -1 : 1;
	if (one->began != other->began)
		return one->began > other->began ? -1 : 1;
	return strcmp(one->dir, other->dir);
}

/* Decides which are kept. Every one of them has been looked at, and nothing was removed yet. */
static int choose(struct candidate *candidates, size_t count, struct problem *why)
{
	time_t now = time(NULL);
	long keep = 0, days = 0;

	if (opts.keep && number_of(opts.keep, KEEP_MAX, &keep) < 0)
		return problem_set(why, -EINVAL, "--keep takes a number up to %d", KEEP_MAX);
	if (opts.older && number_of(opts.older, DAYS_MAX, &days) < 0)
		return problem_set(why, -EINVAL, "--older takes a number up to %d", DAYS_MAX);
	qsort(candidates, count, sizeof(*candidates), by_beginning);
	for (size_t i = 0; i < count; i++) {
		struct candidate *it = &candidates[i];

		for (size_t j = 0; j < i; j++) {
			if (candidates[j].inode == it->inode && candidates[j].device == it->device)
				return problem_set(
					why, -EINVAL, "%s is named twice", candidates[i].dir);
		}
		if (opts.keep)
			it->kept = i < (size_t)keep;
		/* One that began in the future, by a clock that jumped, is not old. */
		else if (opts.older)
			it->kept = it->began == (time_t)-1 || it->began > now - days * 86400;
	}
	return 0;
}

static int prune_judged(const struct store *store, const json_t *run, const json_t *plan,
	struct pruned *pruned, struct problem *why)
{
	struct patterns *patterns = NULL;
	json_t *findings = NULL;
	int r;

	r = patterns_choose(NULL, store->dir, &patterns, why);
	if (r == 0)
		r = judge_collect(&(struct judge_request){ store, run, plan, plan, patterns },
			&findings, why);
	if (r == 0)
		r = prune_logs(store, plan, findings, opts.dry_run, pruned, why);
	json_decref(findings);
	patterns_free(patterns);
	return r;
}

/* The folder that was looked at, and none that took its name since. */
static int same_as_before(
	const struct candidate *candidate, const struct store *store, struct problem *why)
{
	char name[BELOW_NAME_MAX];
	struct stat st = { 0 };
	int fd = prune_open(store, name, &st, why);

	if (fd < 0)
		return fd;
	close(fd);
	return st.st_ino == candidate->inode && st.st_dev == candidate->device
		       ? 0
		       : problem_set(why, -EBUSY, "%s was exchanged while it was looked at",
				 candidate->dir);
}

/* A run that somebody writes in is left alone, and that is no error. */
static int prune(const struct candidate *candidate, struct problem *why)
{
	json_t *run = NULL, *plan = NULL;
	struct store store = STORE_NONE;
	struct pruned pruned = { 0 };
	int r;

	/* A dry run makes nothing, and no lock. */
	r = store_open(candidate->dir, !opts.dry_run, &store, &run, &plan, why);
	if (r == 0 && opts.dry_run)
		r = store_hold(&store, why);
	if (r == -EBUSY) {
		printf("%s: left alone, a run is writing in it\n", candidate->dir);
		r = 0;
		goto out;
	}
	if (r == 0)
		r = same_as_before(candidate, &store, why);
	if (r == 0)
		r = opts.logs ? prune_judged(&store, run, plan, &pruned, why)
			      : prune_run(&store, opts.dry_run, &pruned, why);
	if (r == 0 && opts.logs && pruned.files == 0)
		printf("%s: no logs of cells that passed\n", candidate->dir);
	else if (r == 0)
		printf("%s: %s%s, %zu files, %" PRIu64 " bytes\n", candidate->dir,
			opts.dry_run ? "would be " : "",
			opts.logs ? "pruned of logs of cells that passed" : "removed", pruned.files,
			pruned.bytes);
out:
	json_decref(run);
	json_decref(plan);
	store_close(&store);
	return r;
}

static int run(int argc, char **argv)
{
	struct candidate *candidates;
	struct problem why = { 0 };
	int r = 0;

	if (argc < 1 || (opts.keep && opts.older) || (!opts.keep && !opts.older && !opts.logs)) {
		problem_set(&why, 0,
			argc < 1 ? "name the run directories" : "give --keep, --older or --logs");
		return command_fail(&command_prune, EXIT_USAGE, &why);
	}
	candidates = calloc((size_t)argc, sizeof(*candidates));
	if (!candidates)
		return command_fail(&command_prune, EXIT_NO_ANSWER, &why);
	for (int i = 0; i < argc && r == 0; i++)
		r = look_at(argv[i], &candidates[i], &why);
	if (r == 0)
		r = choose(candidates, (size_t)argc, &why);
	for (int i = 0; i < argc && r == 0; i++) {
		if (candidates[i].kept)
			printf("%s: kept\n", candidates[i].dir);
		else
			r = prune(&candidates[i], &why);
	}
	free(candidates);
	return r < 0 ? command_fail(&command_prune, exit_status_of(r), &why) : 0;
}

const struct command command_prune = {
	.name = "prune",
	.arguments = "DIR...",
	.summary = "remove old run directories, or the raw logs in them",
	.description =
		"Removes the run directories DIR... that --keep or --older does not keep; with --logs\n"
		"only the raw logs (console, libxl, QEMU) and pictures of their cells that passed.\n"
		"The evidence that verdicts depend on stays, and pruned.json lists the removed files.\n"
		"If one DIR is not a run directory, or is damaged, nothing is removed. A directory in\n"
		"which a run is writing is left alone. The age of a run is that of its `started`.",
	.options = options,
	.run = run,
};
