#include "harness/run/estimate.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/fileio.h"
#include "harness/plan/shard.h"
#include "src/document.h"

/* A folder with more than this is no place where somebody keeps runs. */
#define BESIDE_MAX 1000

/* The seconds of a cell that is over; negative if it is not. */
static double seconds_of(const struct store *store, size_t index, const char *name)
{
	int fd = store_cell(store, index, name, false, NULL);
	json_t *end = NULL, *ms;
	double seconds = 0;
	const char *state;

	if (fd < 0)
		return -1;
	if (fileio_read_json(fd, "end.json", DOCUMENT_END, &end, NULL) < 0)
		seconds = -1;
	close(fd);
	json_object_foreach(json_object_get(end, "times_ms"), state, ms) seconds +=
		(double)json_integer_value(ms) / 1000;
	json_decref(end);
	return seconds;
}

static void read_earlier(struct estimate *estimate, const char *earlier)
{
	json_t *run = NULL, *plan = NULL;
	struct store store = STORE_NONE;
	const json_t *cell;
	size_t i;

	if (!earlier || store_open(earlier, false, &store, &run, &plan, NULL) < 0)
		return;
	json_array_foreach(json_object_get(plan, "cells"), i, cell)
	{
		const char *name = document_text(cell, "name");
		double seconds = seconds_of(&store, i, name);

		if (seconds < 0)
			continue;
		json_object_set_new(estimate->took, name, json_real(seconds));
		estimate->took_s += seconds;
		estimate->took_count++;
	}
	json_decref(plan);
	json_decref(run);
	store_close(&store);
}

void estimate_begin(struct estimate *estimate, const char *earlier, const struct store *store,
	const json_t *plan)
{
	const json_t *cell, *took;
	size_t i;

	*estimate = (struct estimate){ .took = json_object() };
	read_earlier(estimate, earlier);
	json_array_foreach(json_object_get(plan, "cells"), i, cell)
	{
		const char *name = document_text(cell, "name");

		if (shard_is_elsewhere(plan, cell) || seconds_of(store, i, name) >= 0)
			continue;
		took = json_object_get(estimate->took, name);
		estimate->left_s += json_number_value(took);
		estimate->left_others += !took;
	}
}

void estimate_cell(struct estimate *estimate, const char *name)
{
	const json_t *took = json_object_get(estimate->took, name);

	estimate->now_count++;
	estimate->now_s += json_number_value(took);
	estimate->left_s -= json_number_value(took);
	estimate->now_others += !took;
	if (!took && estimate->left_others > 0)
		estimate->left_others--;
}

void estimate_over(struct estimate *estimate, const char *name, double seconds)
{
	const json_t *took = json_object_get(estimate->took, name);

	estimate->done_s += seconds;
	estimate->done_count++;
	if (took) {
		estimate->expected_s += json_number_value(took);
		estimate->known_s += seconds;
	}
	estimate->now_count--;
	estimate->now_s -= json_number_value(took);
	estimate->now_others -= !took;
}

double estimate_left(const struct estimate *estimate, double seconds)
{
	double pace = 1, mean = 0, now, left;

	if (estimate->took_count == 0 && estimate->done_count == 0)
		return -1;
	if (estimate->expected_s > 0)
		pace = estimate->known_s / estimate->expected_s;
	if (estimate->done_count > 0)
		mean = estimate->done_s / (double)estimate->done_count;
	else
		mean = estimate->took_s / (double)estimate->took_count;
	now = estimate->now_s * pace + (double)estimate->now_others * mean - seconds;
	left = (now > 0 ? now : 0) + estimate->left_s * pace + (double)estimate->left_others * mean;
	return estimate->now_count > 1 ? left / (double)estimate->now_count : left;
}

void estimate_text(
	const struct estimate *estimate, double seconds, char text[static ESTIMATE_TEXT_MAX])
{
	double left = estimate_left(estimate, seconds);
	long minutes = (long)(left / 60 + 0.5);

	text[0] = 0;
	if (left < 0)
		return;
	if (left < 90)
		snprintf(text, ESTIMATE_TEXT_MAX, ", about %.0f s left", left);
	else if (minutes < 90)
		snprintf(text, ESTIMATE_TEXT_MAX, ", about %ld min left", minutes);
	else
		snprintf(text, ESTIMATE_TEXT_MAX, ", about %ld h %ld min left",
			minutes / 60 % 10000, minutes % 60);
}

void estimate_free(struct estimate *estimate)
{
	json_decref(estimate->took);
	*estimate = (struct estimate){ 0 };
}

/* Is it a run of that matrix, that began after `newest`? Then it is the newest. */
static bool is_newer(const char *dir, const char *matrix, char newest[static 32])
{
	json_t *run = NULL, *plan = NULL;
	struct store store = STORE_NONE;
	bool newer = false;

	if (store_open(dir, false, &store, &run, &plan, NULL) == 0 &&
		strcmp(document_text(json_object_get(plan, "matrix"), "name"), matrix) == 0 &&
		strcmp(document_text(run, "started"), newest) > 0) {
		snprintf(newest, 32, "%s", document_text(run, "started"));
		newer = true;
	}
	json_decref(plan);
	json_decref(run);
	store_close(&store);
	return newer;
}

char *estimate_earlier(const char *out, const char *matrix)
{
	const char *slash = strrchr(out, '/');
	char *folder = slash ? strndup(out, (size_t)(slash - out) + 1) : strdup("./");
	DIR *dir = folder ? opendir(folder) : NULL;
	char newest[32] = "", *found = NULL, *path;
	const struct dirent *entry;
	int looked = 0;

	while (dir && looked++ < BESIDE_MAX && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.' ||
			asprintf(&path, "%s%s/run.json", folder, entry->d_name) < 0)
			continue;
		if (access(path, R_OK) == 0) {
			*strrchr(path, '/') = 0;
			if (is_newer(path, matrix, newest)) {
				free(found);
				found = path;
				continue;
			}
		}
		free(path);
	}
	if (dir)
		closedir(dir);
	free(folder);
	return found;
}
