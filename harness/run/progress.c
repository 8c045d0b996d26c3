#include "harness/run/progress.h"

#include "harness/base/clock.h"
#include "harness/run/terminal.h"

static double since(uint64_t began_us)
{
	return (double)(clock_us() - began_us) / 1e6;
}

void progress_begin(
	struct progress *progress, FILE *stream, size_t total, struct estimate *estimate)
{
	*progress = (struct progress){ .stream = stream, .total = total, .estimate = estimate };
	progress->terminal = stream && terminal_moves_cursor(fileno(stream));
}

static void erase(struct progress *progress)
{
	if (progress->terminal && progress->width)
		fprintf(progress->stream, "\r%*s\r", progress->width, "");
	progress->width = 0;
}

void progress_cell(
	struct progress *progress, struct progress_cell *cell, size_t index, const char *name)
{
	struct progress_cell **last = &progress->cells;

	*cell = (struct progress_cell){
		.index = index, .name = name, .state = "", .began_us = clock_us()
	};
	while (*last)
		last = &(*last)->next;
	*last = cell;
	if (index + 1 > progress->begun)
		progress->begun = index + 1;
	estimate_cell(progress->estimate, name);
}

/* The seconds that the cells that run have taken, together. */
static double spent(const struct progress *progress)
{
	double seconds = 0;

	for (const struct progress_cell *cell = progress->cells; cell; cell = cell->next)
		seconds += since(cell->began_us);
	return seconds;
}

void progress_tick(struct progress *progress)
{
	const struct progress_cell *cell = progress->cells;
	char left[ESTIMATE_TEXT_MAX];

	if (!progress->terminal || !cell)
		return;
	erase(progress);
	estimate_text(progress->estimate, spent(progress), left);
	for (; cell; cell = cell->next) {
		progress->width += fprintf(progress->stream, "[%zu/%zu] %s: %s %.0f s",
			cell->index + 1, progress->total, cell->name, cell->state,
			since(cell->state_began_us));
		if (cell->limit_ms > 0)
			progress->width += fprintf(progress->stream, " of at most %llu s",
				(unsigned long long)cell->limit_ms / 1000);
		progress->width +=
			fprintf(progress->stream, ", cell %.0f s, ", since(cell->began_us));
	}
	progress->width +=
		fprintf(progress->stream, "%zu more%s", progress->total - progress->begun, left);
	fflush(progress->stream);
}

void progress_state(
	struct progress *progress, struct progress_cell *cell, const char *state, uint64_t limit_ms)
{
	cell->state = state;
	cell->state_began_us = clock_us();
	cell->limit_ms = limit_ms;
	if (progress->stream && !progress->terminal) {
		fprintf(progress->stream, "[%zu/%zu] %s: %s (%.1f s)\n", cell->index + 1,
			progress->total, cell->name, state, since(cell->began_us));
		fflush(progress->stream);
	}
	progress_tick(progress);
}

void progress_over(struct progress *progress, struct progress_cell *cell, const char *verdict)
{
	double seconds = since(cell->began_us);
	struct progress_cell **link = &progress->cells;
	char left[ESTIMATE_TEXT_MAX] = "";

	while (*link && *link != cell)
		link = &(*link)->next;
	if (*link)
		*link = cell->next;
	erase(progress);
	estimate_over(progress->estimate, cell->name, seconds);
	if (!progress->stream)
		return;
	if (progress->begun < progress->total || progress->cells)
		estimate_text(progress->estimate, spent(progress), left);
	fprintf(progress->stream, "[%zu/%zu] %s: %s after %.1f s%s\n", cell->index + 1,
		progress->total, cell->name, verdict, seconds, left);
	fflush(progress->stream);
}
