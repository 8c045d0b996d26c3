/* A guest that is left running, for somebody to look at: `run --keep`. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "harness/run/cell_private.h"

/* The states in which there is a guest that runs, and nothing is being done to it. */
static bool runs(const struct cell *cell)
{
	return cell->guest && !cell->guest_over &&
	       (cell->state == CELL_FIRST_FRAME || cell->state == CELL_REPORT ||
		       cell->state == CELL_SCREENSHOT || cell->state == CELL_REPORT_AGAIN ||
		       cell->state == CELL_POWER_OFF);
}

/* Nobody can look at what cannot be recorded, and who interrupts wants no guest. */
static bool is_worth_it(const struct cell *cell)
{
	return !cell->decided ||
	       (cell->ending != ENDING_INTERRUPTED && cell->ending != ENDING_NOT_RECORDED &&
		       cell->ending != ENDING_HOST_STALLED);
}

static void describe(const struct cell *cell, FILE *stream)
{
	char link[32], folder[PATH_MAX];
	ssize_t length;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", cell->record_fd);
	length = readlink(link, folder, sizeof(folder) - 1);
	fprintf(stream, "the guest of cell %s is left running%s%s\n", cell->name,
		cell->decided ? ", though the cell ended as " : " after its report",
		cell->decided ? ending_entry(cell->ending)->name : "");
	cell->backend->reach(cell->guest, stream);
	if (length > 0)
		fprintf(stream, "  console: tail -f %.*s/console.log\n", (int)length, folder);
}

bool cell_keep_guest(struct cell *cell)
{
	char *text = NULL;
	size_t length = 0;
	FILE *stream;

	if (!cell->keep || !runs(cell) || !is_worth_it(cell))
		return false;
	cell->keep = false;
	cell_enter(cell, CELL_KEPT);
	stream = open_memstream(&text, &length);
	if (stream) {
		describe(cell, stream);
		fclose(stream);
		cell->watcher.kept(cell->watcher.data, text);
	}
	free(text);
	return true;
}

bool cell_release(struct cell *cell)
{
	if (cell->state != CELL_KEPT)
		return false;
	if (cell->decided)
		cell_end(cell, cell->ending, "%s", "");
	else
		cell_go_on(cell);
	return true;
}
