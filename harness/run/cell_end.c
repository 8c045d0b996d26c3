/* The end of a cell: end.json, harness/run/cell.h. */
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "harness/base/fileio.h"
#include "harness/run/cell_private.h"
#include "src/document.h"

/* The most memory this process has had resident: shows that no guest can make it grow. */
static json_int_t peak_rss_kib(void)
{
	struct rusage usage;

	return getrusage(RUSAGE_SELF, &usage) == 0 ? usage.ru_maxrss : 0;
}

static json_t *end_document(const struct cell *cell)
{
	json_t *end = document_new(DOCUMENT_END, DOCUMENT_VERSION);

	json_object_set_new(end, "cell", json_string(cell->name));
	json_object_set_new(end, "ending", json_string(ending_entry(cell->ending)->name));
	json_object_set_new(end, "state", json_string(cell_state_name(cell->ended_in)));
	json_object_set_new(end, "detail", json_string(cell->detail));
	json_object_set(end, "times_ms", cell->times);
	json_object_set_new(end, "console",
		cell->first_console ? json_incref(cell->first_console)
				    : console_describe(cell->console));
	if (cell->other_side)
		json_object_set_new(end, "transition", migrate_describe(cell));
	json_object_set_new(end, "stalled_ms", json_integer((json_int_t)(cell->stalled_us / 1000)));
	json_object_set_new(end, "peak_rss_kib", json_integer(peak_rss_kib()));
	json_object_set(end, "leftovers", cell->leftovers);
	if (cell->concurrent)
		json_object_set(end, "concurrent", cell->concurrent);
	return end;
}

/* A cell of which not all could be written down is not what its guest made of it. */
static void admit_unwritten(struct cell *cell)
{
	if (cell->journal.error < 0)
		problem_set(&cell->unwritten, cell->journal.error,
			"cannot write journal.jsonl in the run directory: %s",
			strerror(-cell->journal.error));
	if (!cell->unwritten.text[0])
		return;
	cell->ending = ENDING_NOT_RECORDED;
	snprintf(cell->detail, sizeof(cell->detail), "%s", cell->unwritten.text);
}

void cell_finish(struct cell *cell)
{
	json_t *end;

	limits_close(cell);
	sd_event_source_disable_unref(cell->grace);
	cell->grace = NULL;
	/* end.json last: where it is, all else is. */
	journal_note(&cell->journal, json_pack("{s:s, s:s}", "what", "over", "ending",
					     ending_entry(cell->ending)->name));
	admit_unwritten(cell);
	end = end_document(cell);
	if (fileio_write_json(cell->dir_fd, "end.json", end, &cell->unwritten) < 0) {
		admit_unwritten(cell);
		json_decref(end);
		end = end_document(cell);
	}
	cell->watcher.over(cell->watcher.data, end);
	json_decref(end);
}
