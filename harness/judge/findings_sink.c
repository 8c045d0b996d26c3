#include "harness/judge/findings_sink.h"

#include <errno.h>

/* What comes last, because it is of all cells. */
static const char *const totals_keys[] = { "verdict", "counts" };

int findings_emit(const json_t *findings, const struct findings_sink *sink)
{
	json_t *head = json_copy((json_t *)findings), *totals = json_object();
	const json_t *cell;
	size_t i;
	int r = head && totals ? 0 : -ENOMEM;

	for (i = 0; i < sizeof(totals_keys) / sizeof(totals_keys[0]); i++) {
		json_object_set(totals, totals_keys[i], json_object_get(head, totals_keys[i]));
		json_object_del(head, totals_keys[i]);
	}
	json_object_del(head, "cells");
	if (r == 0)
		r = sink->begin(sink->data, head);
	json_array_foreach(json_object_get(findings, "cells"), i, cell)
	{
		if (r == 0)
			r = sink->cell(sink->data, cell);
	}
	if (r == 0)
		r = sink->end(sink->data, totals);
	json_decref(head);
	json_decref(totals);
	return r;
}

static int collect_head(void *data, const json_t *head)
{
	json_t **findings = data;

	*findings = json_copy((json_t *)head);
	return json_object_set_new(*findings, "cells", json_array()) < 0 ? -ENOMEM : 0;
}

static int collect_cell(void *data, const json_t *cell)
{
	json_t **findings = data;
	json_t *cells = json_object_get(*findings, "cells");

	return json_array_append(cells, (json_t *)cell) < 0 ? -ENOMEM : 0;
}

static int collect_totals(void *data, const json_t *totals)
{
	json_t **findings = data;

	return json_object_update(*findings, (json_t *)totals) < 0 ? -ENOMEM : 0;
}

struct findings_sink findings_collector(json_t **findings)
{
	return (struct findings_sink){ collect_head, collect_cell, collect_totals, findings };
}

static int ignore(void *data, const json_t *piece)
{
	return 0;
}

static int keep_totals(void *data, const json_t *totals)
{
	json_t **kept = data;

	*kept = json_incref((json_t *)totals);
	return 0;
}

struct findings_sink findings_totals(json_t **totals)
{
	return (struct findings_sink){ ignore, ignore, keep_totals, totals };
}

static int both_begin(void *data, const json_t *head)
{
	const struct findings_pair *pair = data;
	int r = pair->first->begin(pair->first->data, head);

	return r < 0 ? r : pair->second->begin(pair->second->data, head);
}

static int both_cell(void *data, const json_t *cell)
{
	const struct findings_pair *pair = data;
	int r = pair->first->cell(pair->first->data, cell);

	return r < 0 ? r : pair->second->cell(pair->second->data, cell);
}

static int both_end(void *data, const json_t *totals)
{
	const struct findings_pair *pair = data;
	int r = pair->first->end(pair->first->data, totals);

	return r < 0 ? r : pair->second->end(pair->second->data, totals);
}

struct findings_sink findings_both(struct findings_pair *pair)
{
	return (struct findings_sink){ both_begin, both_cell, both_end, pair };
}
