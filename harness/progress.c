#include "harness/progress.h"

#include <unistd.h>

#include "harness/clock.h"

static double since(uint64_t began_us)
{
	return (double)(clock_us() - began_us) / 1e6;
}

void progress_begin(
	struct progress *progress, FILE *stream, size_t total, struct estimate *estimate)
{
	*progress = (struct progress){ .stream = stream, .total = total, .estimate = estimate };
	progress->terminal = isatty(fileno(stream)) == 1;
}

static void erase(struct progress *progress)
{
	if (progress->terminal && progress->width)
		fprintf(progress->stream, "\r%*s\r", progress->width, "");
	progress->width = 0;
}

void progress_cell(struct progress *progress, size_t index, const char *name)
{
	progress->index = index;
	progress->cell = name;
	progress->state = "";
	progress->cell_began_us = clock_us();
	estimate_cell(progress->estimate, name);
}

void progress_tick(struct progress *progress)
{
	char left[ESTIMATE_TEXT_MAX];

	if (!progress->terminal || !progress->cell)
		return;
	erase(progress);
	estimate_text(progress->estimate, since(progress->cell_began_us), left);
	progress->width = fprintf(progress->stream,
		"[%zu/%zu] %s: %s %.0f s of at most %llu s, cell %.0f s, %zu more%s",
		progress->index + 1, progress->total, progress->cell, progress->state,
		since(progress->state_began_us), (unsigned long long)progress->limit_ms / 1000,
		since(progress->cell_began_us), progress->total - progress->index - 1, left);
	fflush(progress->stream);
}

void progress_state(struct progress *progress, const char *state, uint64_t limit_ms)
{
	progress->state = state;
	progress->state_began_us = clock_us();
	progress->limit_ms = limit_ms;
	if (!progress->terminal) {
		fprintf(progress->stream, "[%zu/%zu] %s: %s (%.1f s)\n", progress->index + 1,
			progress->total, progress->cell, state, since(progress->cell_began_us));
		fflush(progress->stream);
	}
	progress_tick(progress);
}

void progress_over(struct progress *progress, const char *verdict)
{
	double seconds = since(progress->cell_began_us);
	char left[ESTIMATE_TEXT_MAX] = "";

	erase(progress);
	estimate_over(progress->estimate, progress->cell, seconds);
	if (progress->index + 1 < progress->total)
		estimate_text(progress->estimate, 0, left);
	fprintf(progress->stream, "[%zu/%zu] %s: %s after %.1f s%s\n", progress->index + 1,
		progress->total, progress->cell, verdict, seconds, left);
	fflush(progress->stream);
	progress->cell = NULL;
}
