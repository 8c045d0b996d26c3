/*
 * mutations [--list] --accept FILE --patterns FILE {--matrix FILE RUN...}...
 *
 * Does a matrix notice? Takes the cells of recorded runs that pass by the matrix, changes one leaf
 * of a report at a time (harness/testing/leaf_changes.h), and judges each. A change is noticed if
 * the cell is then XFAIL or worse, by more than it was. The same with each sample line of each
 * pattern, put into the cell's logs: it has to show. What is not noticed must be in the file of
 * what does not matter, or is missed. Prints a line a test; the last line has the figure. With
 * --list also every leaf that is missed, once. Built with the tests, never installed.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/judge/judge.h"
#include "harness/judge/logs.h"
#include "harness/judge/record.h"
#include "harness/judge/shard_identity.h"
#include "harness/judge/stored_run.h"
#include "harness/plan/plan.h"
#include "harness/plan/transition.h"
#include "harness/testing/does_not_matter.h"
#include "harness/testing/leaf_changes.h"
#include "harness/views/views.h"
#include "src/document.h"
#include "src/report.h"
#include "src/verdict.h"

struct figure {
	size_t cells, changes, noticed, named, missed;
	size_t lines, lines_shown, lines_named, lines_missed;
};

struct mutating {
	const char *patterns, *accept;
	bool list;
	struct does_not_matter does_not_matter;
	json_t *missed; /* path and change -> how often */
	struct figure all;
};

/* One cell that passes, and what is needed to judge it again. */
struct passing {
	struct mutating *mutating;
	struct figure *figure;
	const char *matrix; /* its name */
	const json_t *plan_cell, *identities;
	struct patterns *patterns;
	struct judge_record *record;
	struct evidence evidence;
	int cell_fd;
	/* Without a change. */
	enum verdict verdict;
	size_t deviations;
};

static enum verdict verdict_of(const json_t *cell)
{
	enum verdict verdict = VERDICT_ERROR;

	verdict_parse(document_text(cell, "verdict"), &verdict);
	return verdict;
}

/* The findings that are XFAIL or worse. */
static size_t count_deviations(const json_t *cell)
{
	const json_t *finding;
	size_t count = 0, i;

	json_array_foreach(json_object_get(cell, "findings"), i, finding) count +=
		verdict_of(finding) >= VERDICT_XFAIL;
	return count;
}

/* Is the cell XFAIL or worse by more than what was known of it? */
static bool is_noticed(const struct passing *passing, const struct evidence *evidence)
{
	json_t *cell = judge_cell(0, passing->plan_cell, passing->identities, evidence, NULL);
	enum verdict verdict = verdict_of(cell);
	bool noticed = verdict >= VERDICT_XFAIL &&
		       (verdict > passing->verdict || count_deviations(cell) > passing->deviations);

	json_decref(cell);
	return noticed;
}

static void note_miss(struct mutating *mutating, const char *matrix, const char *what)
{
	char key[LEAF_PATH_MAX + 64];

	snprintf(key, sizeof(key), "%s: %s", matrix, what);
	document_count(mutating->missed, key);
}

static bool is_report(const json_t *document)
{
	char *text = json_dumps(document, JSON_COMPACT);
	json_t *parsed = NULL;
	struct problem why = { 0 };
	int r = text ? report_parse(text, strlen(text), &parsed, &why) : -ENOMEM;

	json_decref(parsed);
	free(text);
	return r == 0;
}

static int judge_change(
	void *data, const char *path, enum leaf_change change, const json_t *document)
{
	struct passing *passing = data;
	struct evidence evidence = passing->evidence;
	char what[LEAF_PATH_MAX + 16];
	json_t *views;
	bool noticed = true;

	passing->figure->changes++;
	/* A report that is refused is an ERROR of its cell. */
	if (is_report(document)) {
		views = views_of_cell(passing->plan_cell,
			document_text(passing->identities, "acts_as"), passing->cell_fd, document);
		evidence.report = document;
		evidence.views = views;
		noticed = is_noticed(passing, &evidence);
		json_decref(views);
	}
	if (noticed) {
		passing->figure->noticed++;
	} else if (does_not_matter_leaf(
			   &passing->mutating->does_not_matter, passing->matrix, path, change)) {
		passing->figure->named++;
	} else {
		passing->figure->missed++;
		snprintf(what, sizeof(what), "%s %s", path, leaf_change_names[change]);
		note_miss(passing->mutating, passing->matrix, what);
	}
	return 0;
}

/* Is the label among what a reader is shown of the cell's logs? A note is not. */
static bool is_shown(const json_t *cell, const char *label)
{
	const json_t *match;
	size_t i;

	json_array_foreach(json_object_get(cell, "logs"), i, match)
	{
		if (strcmp(document_text(match, "label"), label) == 0 &&
			strcmp(document_text(match, "severity"), "note") != 0)
			return true;
	}
	return false;
}

/* Does the line, in any of the logs, show in what the judge says of the cell? */
static bool line_shows(const struct passing *passing, const char *label, const char *line)
{
	bool shows = false;

	for (int log = 0; log < PATTERN_LOGS && !shows; log++) {
		struct pattern_input input = { (enum pattern_log)log, "sample", line,
			strlen(line) };
		struct evidence evidence = passing->evidence;
		/* A sample names a domain and a device of where it was seen: here the cell's own.
		 */
		json_t *logs = patterns_match(passing->patterns, &input, 1, NULL, NULL);
		json_t *cell;

		judge_doubt_causes(logs, document_text(evidence.end, "ending"));
		json_array_extend(logs, (json_t *)evidence.logs);
		evidence.logs = logs;
		cell = judge_cell(0, passing->plan_cell, passing->identities, &evidence, NULL);
		shows = is_shown(cell, label);
		json_decref(cell);
		json_decref(logs);
	}
	return shows;
}

static void try_lines(struct passing *passing)
{
	struct mutating *mutating = passing->mutating;
	json_t *labels = patterns_labels(passing->patterns);
	const json_t *label, *sample;
	size_t i, j;

	json_array_foreach(labels, i, label)
	{
		const char *name = json_string_value(label);

		json_array_foreach(patterns_samples(passing->patterns, name), j, sample)
		{
			char what[LEAF_PATH_MAX];

			passing->figure->lines++;
			if (line_shows(passing, name, json_string_value(sample))) {
				passing->figure->lines_shown++;
			} else if (does_not_matter_line(
					   &mutating->does_not_matter, passing->matrix, name)) {
				passing->figure->lines_named++;
			} else {
				passing->figure->lines_missed++;
				snprintf(what, sizeof(what), "line of %s", name);
				note_miss(mutating, passing->matrix, what);
			}
		}
	}
	json_decref(labels);
}

/*
 * A guest that drives no GPU skips what is expected of a driver, and the rest was judged. One that
 * drives it is taken with its known deviations: what else is wrong has to be noticed beside them.
 */
static bool is_good(const struct passing *passing)
{
	const json_t *igd = json_object_get(passing->record->report, "igd");

	return passing->verdict <= VERDICT_SKIP ||
	       (passing->verdict == VERDICT_XFAIL && json_object_get(igd, "device"));
}

/*
 * The host of a run whose driver was asked for its display before the first cell. Where it was not,
 * as in a lab whose dom0 never drives the GPU, it is taken to have what the guest has: the question
 * is what the matrix notices if it can be known.
 */
static json_t *asked_host(const json_t *host, const json_t *report)
{
	json_t *asked = json_copy((json_t *)host);

	if (asked && !json_object_get(asked, "igd") &&
		json_object_get(json_object_get(report, "igd"), "device")) {
		json_object_set_new(asked, "igd", json_deep_copy(json_object_get(report, "igd")));
		json_object_set_new(
			asked, "display", json_deep_copy(json_object_get(report, "display")));
	}
	return asked;
}

static int mutate_cell(struct passing *passing)
{
	struct judge_record *record = passing->record;
	json_t *cell =
		judge_cell(0, passing->plan_cell, passing->identities, &passing->evidence, NULL);
	int r;

	passing->verdict = verdict_of(cell);
	passing->deviations = count_deviations(cell);
	json_decref(cell);
	if (!record->report || transition_is(passing->plan_cell) || !is_good(passing))
		return 0;
	passing->figure->cells++;
	r = leaf_changes(record->report, judge_change, passing);
	if (r == 0)
		try_lines(passing);
	return r;
}

static int mutate_stored(struct mutating *mutating, struct stored_run *stored,
	const struct shard_identities *identities, const json_t *places, const json_t *plan_cell,
	struct figure *figure)
{
	ssize_t at = plan_place(places, document_text(plan_cell, "name"));
	struct judge_record record = { 0 };
	struct problem why = { 0 };
	const struct shard_identity *identity;
	struct passing passing = { .mutating = mutating,
		.figure = figure,
		.plan_cell = plan_cell,
		.patterns = stored->patterns,
		.record = &record,
		.cell_fd = -1 };
	json_t *host;
	int r = 0;

	if (at < 0)
		return 0;
	identity = shard_identity_of(identities,
		json_array_get(json_object_get(stored->stored_plan, "cells"), (size_t)at), &why);
	passing.cell_fd = store_cell(
		&stored->store, (size_t)at, document_text(plan_cell, "name"), false, &why);
	if (!identity || passing.cell_fd < 0)
		return 0;
	passing.matrix = document_text(json_object_get(stored->plan, "matrix"), "name");
	passing.identities = identity->identities;
	judge_record_read(
		passing.cell_fd, plan_cell, passing.identities, stored->patterns, &record);
	passing.evidence = (struct evidence){ record.end, record.report, record.logs,
		identity->host, record.views, record.xen, record.restored, record.moved,
		document_text(stored->run, "started") };
	host = asked_host(identity->host, record.report);
	passing.evidence.host = host;
	if (record.end)
		r = mutate_cell(&passing);
	json_decref(host);
	judge_record_free(&record);
	close(passing.cell_fd);
	return r;
}

static int mutate_run(struct mutating *mutating, const char *matrix, const char *run,
	struct figure *figure, struct problem *why)
{
	struct stored_run_options options = { .matrix = matrix, .patterns = mutating->patterns };
	struct stored_run stored = STORED_RUN_NONE;
	struct shard_identities identities = { 0 };
	json_t *places = NULL;
	const json_t *cell;
	size_t i;
	int r = stored_run_open(run, &options, &stored, why);

	if (r == 0)
		r = shard_identities_read(stored.run, &identities, why);
	if (r == 0)
		places = plan_places(stored.stored_plan);
	json_array_foreach(json_object_get(r == 0 ? stored.plan : NULL, "cells"), i, cell)
	{
		if (r == 0)
			r = mutate_stored(mutating, &stored, &identities, places, cell, figure);
	}
	json_decref(places);
	shard_identities_free(&identities);
	stored_run_close(&stored);
	return r;
}

static void add(struct figure *sum, const struct figure *figure)
{
	sum->cells += figure->cells;
	sum->changes += figure->changes;
	sum->noticed += figure->noticed;
	sum->named += figure->named;
	sum->missed += figure->missed;
	sum->lines += figure->lines;
	sum->lines_shown += figure->lines_shown;
	sum->lines_named += figure->lines_named;
	sum->lines_missed += figure->lines_missed;
}

static void print_figure(const char *what, const struct figure *figure)
{
	printf("%s: %zu cells that pass; %zu changes of a leaf: %zu noticed, %zu named as not "
	       "mattering, %zu missed; %zu lines of a log: %zu shown, %zu named, %zu missed\n",
		what, figure->cells, figure->changes, figure->noticed, figure->named,
		figure->missed, figure->lines, figure->lines_shown, figure->lines_named,
		figure->lines_missed);
}

static void print_unused(const struct excuse *excuses, size_t count, const char *file)
{
	for (size_t i = 0; i < count; i++) {
		if (!excuses[i].used)
			printf("not ok - %s:%d: %s is detected, or does not exist: remove the "
			       "entry\n",
				file, excuses[i].line, excuses[i].what);
	}
}

/* The verdict on the whole; what was allowed may only fall. */
static void print_end(const struct mutating *mutating)
{
	const struct does_not_matter *list = &mutating->does_not_matter;
	long long missed = (long long)(mutating->all.missed + mutating->all.lines_missed);
	const char *what;
	json_t *times;

	if (mutating->list || missed > list->allowed_misses)
		json_object_foreach(mutating->missed, what, times)
			printf("    missed: %s (%d)\n", what, (int)json_integer_value(times));
	print_unused(list->leaves, list->leaf_count, mutating->accept);
	print_unused(list->lines, list->line_count, mutating->accept);
	printf("%s - %lld changes and lines are missed, %lld are allowed\n",
		missed > list->allowed_misses ? "not ok" : "ok", missed, list->allowed_misses);
	if (missed < list->allowed_misses)
		printf("not ok - fewer are missed than %s allows: write allowed_misses: %lld\n",
			mutating->accept, missed);
	print_figure("all", &mutating->all);
}

static int usage(void)
{
	fputs("Usage: mutations [--list] --accept FILE --patterns FILE {--matrix FILE RUN...}...\n",
		stderr);
	return 2;
}

/* The options in front of the first --matrix; *next_r is where they end. */
static int read_options(struct mutating *mutating, int argc, char **argv, int *next_r)
{
	int i = 1;

	for (; i < argc && strcmp(argv[i], "--matrix") != 0; i++) {
		if (strcmp(argv[i], "--list") == 0)
			mutating->list = true;
		else if (strcmp(argv[i], "--accept") == 0 && i + 1 < argc)
			mutating->accept = argv[++i];
		else if (strcmp(argv[i], "--patterns") == 0 && i + 1 < argc)
			mutating->patterns = argv[++i];
		else
			return -1;
	}
	*next_r = i;
	return i < argc && mutating->accept && mutating->patterns ? 0 : -1;
}

/* One matrix and its runs. Returns where the next begins, or a negative errno. */
static int mutate_matrix(
	struct mutating *mutating, int argc, char **argv, int at, struct problem *why)
{
	const char *matrix = argv[at + 1];
	struct figure figure = { 0 };
	int r = 0, i = at + 2;

	for (; i < argc && strcmp(argv[i], "--matrix") != 0 && r == 0; i++)
		r = mutate_run(mutating, matrix, argv[i], &figure, why);
	if (r < 0)
		return r;
	print_figure(matrix, &figure);
	printf("%s - %s: a recorded cell passes\n", figure.cells ? "ok" : "not ok", matrix);
	add(&mutating->all, &figure);
	return i;
}

int main(int argc, char **argv)
{
	struct mutating mutating = { .missed = json_object() };
	struct problem why = { 0 };
	int next = 0, r = 0;

	if (read_options(&mutating, argc, argv, &next) < 0)
		return usage();
	r = does_not_matter_load(mutating.accept, &mutating.does_not_matter, &why);
	while (r == 0 && next + 2 < argc) {
		next = mutate_matrix(&mutating, argc, argv, next, &why);
		r = next < 0 ? next : 0;
	}
	if (r == 0)
		print_end(&mutating);
	else
		fprintf(stderr, "mutations: %s\n", why.text);
	does_not_matter_free(&mutating.does_not_matter);
	json_decref(mutating.missed);
	return r == 0 ? 0 : 3;
}
