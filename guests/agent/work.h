/*
 * Work: what a guest does all the time, so that one can tell later whether it went on undisturbed.
 *
 * Steps are counted, and the clocks are read. With a disk each step also writes a numbered block to
 * it, past the page cache; before a report all blocks are read back from the disk and compared.
 */
#ifndef IGD_AGENT_WORK_H
#define IGD_AGENT_WORK_H

#include <stdint.h>

/* Between two steps. */
#define WORK_STEP_MS  250
#define WORK_BLOCK    4096 /* bytes: no disk has larger sectors */
#define WORK_BLOCKS   64   /* of the disk's beginning that are written, round and round */
#define WORK_NAME_MAX 32
#define WORK_TEXT_MAX 96

struct work {
	uint64_t steps;
	uint64_t last_ms, pause_ms; /* CLOCK_MONOTONIC of the last step; the longest time without */
	char disk[WORK_NAME_MAX];   /* below /dev; "" without one */
	int fd;                     /* -1: not open (yet) */
	uint64_t bytes;             /* of the disk */
	uint64_t written;           /* blocks, since the agent started */
	uint64_t checked,
		wrong;   /* of the last check: blocks read, and those that were not as written */
	uint64_t errors; /* writes or reads that failed */
	char first_error[WORK_TEXT_MAX];
};

/*
 * Prepares work on that disk, "sda", or on none, "". The disk may appear later. Only one that is
 * empty, or was worked on before, is ever written to.
 */
void work_begin(struct work *work, const char *disk);

/* One step. `root` as in src/tree.h. */
void work_step(struct work *work, const char *root);

/* Reads back what was written. */
void work_check(struct work *work);

void work_end(struct work *work);

#endif
