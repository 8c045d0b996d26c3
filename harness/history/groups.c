/* Runs that can be compared: of one host and matrix, by one back end, on hardware or not. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/history/private.h"

bool history_is_good(uint8_t verdict)
{
	return verdict == VERDICT_PASS || verdict == VERDICT_DONE || verdict == VERDICT_XFAIL;
}

bool history_is_bad(uint8_t verdict)
{
	return verdict == VERDICT_FAIL || verdict == VERDICT_FLAKY;
}

bool history_same(const struct history_run *a, const struct history_run *b)
{
	return memcmp(a->identities, b->identities, sizeof(a->identities)) == 0;
}

static json_t *difference(const char *what, const char *from, const char *to)
{
	return json_pack("{s:s, s:s, s:s}", "what", what, "from", from, "to", to);
}

json_t *history_differences(
	const struct history *history, const struct history_run *a, const struct history_run *b)
{
	json_t *all = json_array();
	bool version = false;

	for (int i = 0; i < IDENTITIES; i++) {
		if (a->identities[i] == b->identities[i])
			continue;
		/* A different version has a different binary. */
		if (i == IDENTITY_QEMU_BINARY && version)
			continue;
		version = i == IDENTITY_QEMU;
		json_array_append_new(
			all, difference(identity_names[i], history->texts[a->identities[i]],
				     history->texts[b->identities[i]]));
	}
	return all;
}

static bool belongs(const struct history_run *a, const struct history_run *b)
{
	return a->host == b->host && a->matrix == b->matrix && a->backend == b->backend &&
	       a->place == b->place;
}

/* Puts the run `first` and those behind it that belong to it into `runs`, and says so in `taken`.
 * Returns how many they are. */
static size_t take_runs(const struct history *history, size_t first, bool *taken, size_t *runs)
{
	size_t count = 0;

	for (size_t i = first; i < history->count; i++) {
		if (taken[i] || !belongs(&history->runs[first], &history->runs[i]))
			continue;
		taken[i] = true;
		runs[count++] = i;
	}
	return count;
}

/* The cells of all its runs, and what they came to. `place` has a number for each text. */
static int fill(const struct history *history, struct history_group *group, uint32_t *place)
{
	memset(place, 0xff, history->text_count * sizeof(*place));
	for (size_t i = 0; i < group->count; i++) {
		const struct history_run *run = &history->runs[group->runs[i]];

		for (size_t j = 0; j < run->cell_count; j++) {
			if (place[run->cells[j].name] == UINT32_MAX)
				place[run->cells[j].name] = (uint32_t)group->cell_count++;
		}
	}
	group->cells = calloc(group->cell_count + 1, sizeof(*group->cells));
	group->verdicts = malloc(group->cell_count * group->count + 1);
	group->ms = calloc(group->cell_count * group->count + 1, sizeof(*group->ms));
	if (!group->cells || !group->verdicts || !group->ms)
		return -ENOMEM;
	memset(group->verdicts, HISTORY_ABSENT, group->cell_count * group->count);
	for (size_t i = 0; i < group->count; i++) {
		const struct history_run *run = &history->runs[group->runs[i]];

		for (size_t j = 0; j < run->cell_count; j++) {
			const struct history_cell *cell = &run->cells[j];
			size_t at = place[cell->name] * group->count + i;

			group->cells[place[cell->name]] = cell->name;
			group->verdicts[at] = cell->verdict;
			group->ms[at] = cell->ms;
		}
	}
	return 0;
}

int history_groups(const struct history *history, struct history_group **groups_r, size_t *count_r)
{
	struct history_group *groups = calloc(history->count + 1, sizeof(*groups));
	uint32_t *place = calloc(history->text_count + 1, sizeof(*place));
	bool *taken = calloc(history->count + 1, sizeof(*taken));
	size_t *runs = calloc(history->count + 1, sizeof(*runs)), count = 0, used = 0;
	int r = groups && place && taken && runs ? 0 : -ENOMEM;

	for (size_t i = 0; i < history->count && r == 0; i++) {
		if (taken[i])
			continue;
		groups[count].runs = runs + used;
		groups[count].count = take_runs(history, i, taken, runs + used);
		used += groups[count].count;
		r = fill(history, &groups[count++], place);
	}
	free(place);
	free(taken);
	if (r < 0) {
		history_groups_free(groups, count);
		if (count == 0)
			free(runs);
		return r;
	}
	if (count == 0)
		free(runs);
	*groups_r = groups;
	*count_r = count;
	return 0;
}

void history_groups_free(struct history_group *groups, size_t count)
{
	if (groups && count > 0)
		free(groups[0].runs); /* and those of all others */
	for (size_t g = 0; groups && g < count; g++) {
		free(groups[g].cells);
		free(groups[g].verdicts);
		free(groups[g].ms);
	}
	free(groups);
}
