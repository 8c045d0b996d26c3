/* Decides how a cell ends, or goes on, when the limit of its state passes. */
#include "harness/run/cell_private.h"

static void limit_of_first_frame(struct cell *cell, unsigned long long s)
{
	struct console_count count = console_count(cell->console);
	char line[160];

	console_last_line(cell->console, line, sizeof(line));
	if (count.half || count.bad_frames > 0)
		cell_end(cell, ENDING_HALF_FRAME,
			"no valid frame within %llu s, and %llu damaged ones (%s)", s,
			(unsigned long long)count.bad_frames,
			count.first_bad[0] ? count.first_bad : "cut off");
	else if (count.bytes == 0)
		cell_end(cell, ENDING_SILENT, "nothing on the console within %llu s", s);
	else
		cell_end(cell, ENDING_NO_AGENT,
			"%llu bytes of console text but no frame within %llu s; last line: %s",
			(unsigned long long)count.bytes, s, line);
}

static void limit_of_report(struct cell *cell, unsigned long long s)
{
	struct console_count count = console_count(cell->console);

	if (count.half || count.missing > 0)
		cell_end(cell, ENDING_HALF_FRAME,
			"the report was not complete within %llu s: %u of %u parts arrived%s", s,
			count.parts - count.missing, count.parts,
			count.half ? ", and a partial frame" : "");
	else
		cell_end(cell, ENDING_AGENT_SILENT,
			"the agent sent its hello, but no report within %llu s", s);
}

static void limit_of_report_again(struct cell *cell, unsigned long long s)
{
	struct console_count count = console_count(cell->console);

	if (count.frames == 0 && !count.half)
		cell_end(cell, ENDING_NOT_BACK,
			"after %s the agent sent no frame within %llu s, for %u requests",
			cell->hotplug ? "its devices changed" : "the restore", s,
			1 + count.asked_again);
	else
		limit_of_report(cell, s);
}

int cell_late(sd_event_source *source, uint64_t usec, void *data)
{
	struct cell *cell = data;
	unsigned long long s = (limits_of(cell, cell->state) + 999) / 1000;

	if (cell->state != CELL_CLEAN_UP && cell->state != CELL_SCREENSHOT &&
		limits_stalled(cell, usec)) {
		cell_end(cell, ENDING_HOST_STALLED,
			"the limit of %llu s for %s expired, but the harness was "
			"not scheduled for %llu s of it",
			s, cell_state_name(cell->state),
			(unsigned long long)cell->stalled_us / 1000000);
		return 0;
	}
	switch (cell->state) {
	case CELL_CREATE:
		cell_end(cell, ENDING_CREATE_LATE, "the guest was not created within %llu s", s);
		break;
	case CELL_FIRST_FRAME:
		limit_of_first_frame(cell, s);
		break;
	case CELL_REPORT:
		limit_of_report(cell, s);
		break;
	case CELL_SCREENSHOT:
		/* It would have been nice to have. */
		journal_note(&cell->journal, json_pack("{s:s}", "what", "no-picture"));
		cell_go_on(cell);
		break;
	case CELL_HOTPLUG:
		cell_end(cell, ENDING_HOTPLUG_HUNG,
			"the devices of the guest were not changed within %llu s", s);
		break;
	case CELL_SAVE:
		cell_end(cell, ENDING_SAVE_HUNG, "the guest was not saved within %llu s", s);
		break;
	case CELL_RESTORE:
		cell_end(cell, ENDING_RESTORE_HUNG, "the guest was not restored within %llu s", s);
		break;
	case CELL_REPORT_AGAIN:
		limit_of_report_again(cell, s);
		break;
	case CELL_POWER_OFF:
		cell_end(cell, ENDING_STUCK_OFF,
			"the guest did not power off within %llu s of the request", s);
		break;
	case CELL_DESTROY_SOURCE:
		cell_end(cell, ENDING_HOST_FAILED, "the first guest still existed after %llu s", s);
		break;
	case CELL_CLEAN_UP:
		/* The back end broke its promise of gone(); the guest's memory is given up. */
		cell->guest = NULL;
		json_array_append_new(cell->leftovers,
			json_sprintf(
				"the back end did not finish within %llu s: look for the guest by hand",
				s));
		cell_enter(cell, CELL_OVER);
		break;
	case CELL_KEPT: /* as long as somebody wants */
	case CELL_OVER:
		break;
	}
	return 0;
}
