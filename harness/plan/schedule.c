#include "harness/plan/schedule.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/plan/plan.h"
#include "harness/plan/transition.h"
#include "src/document.h"

bool queue_passes_device(const json_t *cell)
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

struct card {
	const char *guest;
	bool device;
	size_t index;
};

static int by_cost(const void *a, const void *b)
{
	const struct card *x = a, *y = b;
	int order = strcmp(x->guest, y->guest);

	if (order == 0)
		order = x->device - y->device;
	return order ? order : (x->index > y->index) - (x->index < y->index);
}

int queue_order(const json_t *cells, size_t *places)
{
	size_t total = json_array_size(cells), i;
	struct card *cards = calloc(total + 1, sizeof(*cards));
	const json_t *cell;

	if (!cards)
		return -ENOMEM;
	json_array_foreach(cells, i, cell) cards[i] =
		(struct card){ document_text(cell, "guest"), queue_passes_device(cell), i };
	qsort(cards, total, sizeof(*cards), by_cost);
	for (i = 0; i < total; i++)
		places[i] = cards[i].index;
	free(cards);
	return 0;
}

static uint64_t setting(const json_t *cell, const char *acts_as, const char *name, uint64_t usual)
{
	const json_t *value =
		json_object_get(json_object_get(json_object_get(cell, "settings"), acts_as), name);

	return json_integer_value(value) > 0 ? (uint64_t)json_integer_value(value) : usual;
}

int queue_make(struct queue *queue, const json_t *plan, const char *acts_as, unsigned int jobs,
	bool (*is_due)(void *data, struct queue_entry *entry), void *data)
{
	const json_t *cells = json_object_get(plan, "cells");
	size_t total = json_array_size(cells);
	size_t *places = calloc(total + 1, sizeof(*places));

	*queue = (struct queue){ .jobs = jobs,
		.entries = calloc(total + 1, sizeof(*queue->entries)) };
	if (!places || !queue->entries || queue_order(cells, places) < 0) {
		free(places);
		queue_finish(queue);
		return -ENOMEM;
	}
	for (size_t i = 0; i < total; i++) {
		const json_t *cell = json_array_get(cells, places[i]);
		struct queue_entry entry = { .cell = cell,
			.index = places[i],
			.alone = queue_passes_device(cell) || transition_is(cell),
			.cpus = (unsigned int)setting(cell, acts_as, "vcpus", 1),
			.memory_mib = setting(cell, acts_as, "memory", PLAN_MEMORY_MIB) };

		if (is_due(data, &entry))
			queue->entries[queue->count++] = entry;
	}
	free(places);
	return 0;
}

static uint64_t takes_mib(const struct queue *queue, const struct queue_entry *entry)
{
	return entry->memory_mib + queue->room.overhead_mib;
}

/* May it run beside those that do? */
static bool fits(const struct queue *queue, const struct queue_entry *entry)
{
	const struct room *room = &queue->room;

	if (queue->alone || entry->alone || queue->running >= queue->jobs ||
		(room->guests && queue->running >= room->guests))
		return false;
	if (room->cpus && queue->cpus + entry->cpus > room->cpus + 1)
		return false;
	return !room->memory_mib || queue->memory_mib + takes_mib(queue, entry) <= room->memory_mib;
}

const struct queue_entry *queue_begin(struct queue *queue)
{
	const struct queue_entry *entry = &queue->entries[queue->next];

	if (queue->next >= queue->count)
		return NULL;
	/* One that is too large for the host is begun all the same: it is for the back end to say
	 * so. */
	if (queue->running > 0 && !fits(queue, entry))
		return NULL;
	queue->next++;
	queue->running++;
	queue->cpus += entry->cpus;
	queue->memory_mib += takes_mib(queue, entry);
	queue->alone = entry->alone;
	return entry;
}

void queue_over(struct queue *queue, const struct queue_entry *entry)
{
	queue->running--;
	queue->cpus -= entry->cpus;
	queue->memory_mib -= takes_mib(queue, entry);
	queue->alone = false;
}

void queue_finish(struct queue *queue)
{
	free(queue->entries);
	*queue = (struct queue){ 0 };
}
