#include "harness/plan/schedule.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/plan/plan.h"
#include "harness/plan/transition.h"
#include "src/document.h"

bool schedule_passes_device(const json_t *cell)
{
	const char *backend;
	json_t *values;

	json_object_foreach(json_object_get(cell, "settings"), backend, values)
	{
		if (json_array_size(json_object_get(values, "pci")) > 0)
			return true;
	}
	return false;
}

struct sort_key {
	bool later;
	const char *guest;
	bool device;
	size_t index;
};

static int by_cost(const void *a, const void *b)
{
	const struct sort_key *x = a, *y = b;
	int order = x->later - y->later;

	if (order == 0)
		order = strcmp(x->guest, y->guest);
	if (order == 0)
		order = x->device - y->device;
	return order ? order : (x->index > y->index) - (x->index < y->index);
}

int schedule_order(const json_t *cells, const json_t *first, size_t *places)
{
	size_t total = json_array_size(cells), i;
	struct sort_key *cards = calloc(total + 1, sizeof(*cards));
	const json_t *cell;

	if (!cards)
		return -ENOMEM;
	json_array_foreach(cells, i, cell) cards[i] =
		(struct sort_key){ !json_object_get(first, document_text(cell, "name")),
			document_text(cell, "guest"), schedule_passes_device(cell), i };
	qsort(cards, total, sizeof(*cards), by_cost);
	for (i = 0; i < total; i++)
		places[i] = cards[i].index;
	free(cards);
	return 0;
}

static uint64_t setting(
	const json_t *cell, const char *effective_backend, const char *name, uint64_t usual)
{
	const json_t *value = json_object_get(
		json_object_get(json_object_get(cell, "settings"), effective_backend), name);

	return json_integer_value(value) > 0 ? (uint64_t)json_integer_value(value) : usual;
}

int schedule_make(struct schedule *schedule, const struct schedule_request *request)
{
	const json_t *cells = json_object_get(request->plan, "cells");
	const char *effective_backend = request->effective_backend;
	size_t total = json_array_size(cells);
	size_t *places = calloc(total + 1, sizeof(*places));

	*schedule = (struct schedule){ .jobs = request->jobs,
		.entries = calloc(total + 1, sizeof(*schedule->entries)) };
	if (!places || !schedule->entries || schedule_order(cells, request->first, places) < 0) {
		free(places);
		schedule_free(schedule);
		return -ENOMEM;
	}
	for (size_t i = 0; i < total; i++) {
		const json_t *cell = json_array_get(cells, places[i]);
		struct schedule_entry entry = { .cell = cell,
			.index = places[i],
			.alone = schedule_passes_device(cell) || transition_is(cell) ||
				 json_object_get(cell, "repeat"),
			.cpus = (unsigned int)setting(cell, effective_backend, "vcpus", 1),
			.memory_mib = setting(cell, effective_backend, "memory", PLAN_MEMORY_MIB) };

		if (request->is_due(request->data, &entry))
			schedule->entries[schedule->count++] = entry;
	}
	free(places);
	return 0;
}

static uint64_t takes_mib(const struct schedule *schedule, const struct schedule_entry *entry)
{
	return entry->memory_mib + schedule->capacity.overhead_mib;
}

/* May it run beside those that do? */
static bool fits(const struct schedule *schedule, const struct schedule_entry *entry)
{
	const struct host_capacity *capacity = &schedule->capacity;

	if (schedule->alone || entry->alone || schedule->running >= schedule->jobs ||
		(capacity->guests && schedule->running >= capacity->guests))
		return false;
	if (capacity->cpus && schedule->cpus + entry->cpus > capacity->cpus + 1)
		return false;
	return !capacity->memory_mib ||
	       schedule->memory_mib + takes_mib(schedule, entry) <= capacity->memory_mib;
}

const struct schedule_entry *schedule_next(struct schedule *schedule)
{
	const struct schedule_entry *entry = &schedule->entries[schedule->next];

	if (schedule->next >= schedule->count)
		return NULL;
	/* One that is too large for the host is begun all the same: it is for the back end to say
	 * so. */
	if (schedule->running > 0 && !fits(schedule, entry))
		return NULL;
	schedule->next++;
	schedule->running++;
	schedule->cpus += entry->cpus;
	schedule->memory_mib += takes_mib(schedule, entry);
	schedule->alone = entry->alone;
	return entry;
}

void schedule_done(struct schedule *schedule, const struct schedule_entry *entry)
{
	schedule->running--;
	schedule->cpus -= entry->cpus;
	schedule->memory_mib -= takes_mib(schedule, entry);
	schedule->alone = false;
}

void schedule_free(struct schedule *schedule)
{
	free(schedule->entries);
	*schedule = (struct schedule){ 0 };
}
