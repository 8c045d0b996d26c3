#include "harness/compare/kept.h"

#include <errno.h>

#include "harness/judge/findings_sink.h"
#include "harness/judge/judge.h"
#include "src/document.h"

static int keep_head(void *data, const json_t *head)
{
	struct kept_run *kept = data;

	kept->findings = json_copy((json_t *)head);
	kept->places = json_object();
	return kept->findings && kept->places ? spool_open(&kept->cells, kept->why) : -ENOMEM;
}

static int keep_cell(void *data, const json_t *cell)
{
	static const char *const compared[] = { "name", "verdict", "ending", "cause", "findings" };
	struct kept_run *kept = data;
	const char *name = document_text(cell, "name");
	json_t *part = json_object();
	uint64_t at;
	int r = part ? 0 : -ENOMEM;

	for (size_t i = 0; i < sizeof(compared) / sizeof(compared[0]); i++)
		json_object_set(part, compared[i], json_object_get(cell, compared[i]));
	if (r == 0)
		r = spool_put(&kept->cells, part, &at, kept->why);
	/* Of a name that comes twice the first is compared. */
	if (r == 0 && !json_object_get(kept->places, name) &&
		json_object_set_new(kept->places, name, json_integer((json_int_t)at)) < 0)
		r = -ENOMEM;
	json_decref(part);
	return r;
}

static int keep_totals(void *data, const json_t *totals)
{
	const struct kept_run *kept = data;

	return json_object_update(kept->findings, (json_t *)totals) < 0 ? -ENOMEM : 0;
}

struct findings_sink kept_run_sink(struct kept_run *kept)
{
	return (struct findings_sink){ keep_head, keep_cell, keep_totals, kept };
}

int kept_run_judge(const char *dir, const struct stored_run_options *options, struct kept_run *kept,
	struct problem *why)
{
	struct findings_sink sink = kept_run_sink(kept);
	struct stored_run stored = STORED_RUN_NONE;
	struct judge_request request;
	int r;

	*kept = KEPT_RUN_NONE;
	kept->why = why;
	r = stored_run_open_stream(dir, options, &stored, why);
	if (r < 0)
		return r;
	request = stored_run_request(&stored, &sink);
	r = judge_stream(&request, why);
	stored_run_close(&stored);
	return r;
}

static int cell_of_kept(void *data, uint64_t place, json_t **cell_r)
{
	struct kept_run *kept = data;

	return spool_get(&kept->cells, &place, cell_r, kept->why);
}

struct compare_run kept_run_side(struct kept_run *kept, const char *dir)
{
	return (struct compare_run){ dir, kept->findings, kept->places, cell_of_kept, kept };
}

void kept_run_close(struct kept_run *kept)
{
	json_decref(kept->findings);
	json_decref(kept->places);
	spool_close(&kept->cells);
	*kept = KEPT_RUN_NONE;
}

static int keep_compared(void *data, const json_t *cell)
{
	struct kept_comparison *kept = data;
	uint64_t at;

	compare_count(json_object_get(kept->head, "counts"), cell);
	return spool_put(&kept->cells, cell, &at, kept->why);
}

int kept_compare(const struct compare_run *runs, size_t count, struct kept_comparison *kept,
	struct problem *why)
{
	int r;

	*kept = (struct kept_comparison){ .cells = SPOOL_NONE, .why = why };
	r = spool_open(&kept->cells, why);
	if (r < 0)
		return r;
	kept->head = compare_head(runs, count);
	if (json_object_set_new(kept->head, "counts", json_object()) < 0)
		return problem_set(why, -ENOMEM, "out of memory");
	r = compare_each(runs, count, keep_compared, kept);
	return r == -ENOMEM ? problem_set(why, r, "out of memory") : r;
}

static int each_of_kept(void *data, int (*print)(void *printer, const json_t *cell), void *printer)
{
	struct kept_comparison *kept = data;
	json_t *cell = NULL;
	uint64_t at = 0;
	int r = 0;

	while (r == 0 && at < kept->cells.end) {
		r = spool_get(&kept->cells, &at, &cell, kept->why);
		if (r == 0)
			r = print(printer, cell);
		json_decref(cell);
	}
	return r;
}

struct comparison kept_comparison(struct kept_comparison *kept)
{
	return (struct comparison){ kept->head, each_of_kept, kept };
}

void kept_comparison_close(struct kept_comparison *kept)
{
	json_decref(kept->head);
	spool_close(&kept->cells);
	*kept = (struct kept_comparison){ .cells = SPOOL_NONE };
}
