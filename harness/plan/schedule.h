/*
 * The cells that a run still has to begin: in which order, and how many at a time.
 *
 * In order are those together that cost least one after the other: the same guest's image, and
 * whether a device is passed through, whose lease is kept. A caller can put some cells before all
 * others, such as those that failed in an earlier run. Side by side run at most `jobs` cells,
 * whose guests together have the memory that the host had free, and at most one processor more than
 * it has: a cell waits a part of its time, as a compiler does under make(1). Alone run cells with a
 * device, transitions, repeats, whose guests have one name, and those that came to no end before:
 * they may be what killed the host.
 *
 * Nothing here knows a back end or a run directory.
 */
#ifndef IGD_PLAN_SCHEDULE_H
#define IGD_PLAN_SCHEDULE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* More than any host begins at a time. */
#define SCHEDULE_JOBS_MAX 256

/* What a host has for guests; zeroed for one of which nothing is known, and nothing is bounded. */
struct host_capacity {
	unsigned int cpus;
	uint64_t memory_mib;   /* free, while no guest of the run is there */
	uint64_t overhead_mib; /* that a guest takes beside its own memory */
	unsigned int guests;   /* at most so many for another reason; 0: there is none */
};

struct schedule_entry {
	const json_t *cell; /* of the plan, borrowed */
	size_t index;       /* there */
	size_t number;      /* for progress, the caller's */
	bool alone;
	unsigned int cpus;
	uint64_t memory_mib;
};

struct schedule {
	struct schedule_entry *entries;
	size_t count, next;
	unsigned int jobs;
	struct host_capacity capacity;
	/* Of the cells that run. */
	unsigned int running, cpus;
	uint64_t memory_mib;
	bool alone;
};

/* Does a guest of this cell, by any back end, get a device? */
bool schedule_passes_device(const json_t *cell);

/* What a queue is made of; all borrowed. */
struct schedule_request {
	const json_t *plan;
	const json_t *first; /* {NAME: anything}: these cells begin before all others; NULL: none */
	const char *effective_backend; /* whose settings count */
	unsigned int jobs;
	/* Asked in the order of the queue: is the cell to run? It may set `number` and `alone`. */
	bool (*is_due)(void *data, struct schedule_entry *entry);
	void *data;
};

/* Puts the cells of a plan in order. Returns 0 and the queue, to be given to schedule_free();
 * -ENOMEM. */
int schedule_make(struct schedule *schedule, const struct schedule_request *request);

/* The cell that may begin now, which is then taken to run; NULL if none may, or none is left. */
const struct schedule_entry *schedule_next(struct schedule *schedule);

/* It is over. */
void schedule_done(struct schedule *schedule, const struct schedule_entry *entry);

/* Frees what it holds; a zeroed one is fine. */
void schedule_free(struct schedule *schedule);

/* Sorts the cells of a plan as a queue does, those named in `first` before the others: `places`, of
 * json_array_size(cells), become indexes. Returns 0 or -ENOMEM. */
int schedule_order(const json_t *cells, const json_t *first, size_t *places);

#endif
