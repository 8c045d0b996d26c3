/*
 * Renderers: findings (harness/judge/judge.h) as something to read, and what changed since a
 * baseline (harness/compare/diff.h). None asks the world anything; a few look into the record that
 * the findings are from, through harness/store/record_view.h.
 */
#ifndef IGD_REPORT_FORMATS_H
#define IGD_REPORT_FORMATS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "harness/report/stream.h"

struct renderer {
	const char *name; /* NULL ends the table */
	const char *about;
	/* Returns 0, -EIO if the stream failed, or -ENOMEM. */
	int (*render)(const json_t *findings, const struct render_options *options, FILE *stream);
	/* The same cell by cell, for findings that are not in memory all at once; NULL: it needs
	 * the whole. The rendering is borrowed, zeroed but for its options and stream. */
	struct findings_sink (*sink)(struct rendering *rendering);
	bool compares; /* also says what changed since a baseline */
};

extern const struct renderer renderers[];

/* The name of the renderer at that place, or NULL behind the last: for an option's `nth`. */
const char *renderer_name(size_t i);

/* Returns the renderer of that name, or NULL. */
const struct renderer *renderer_find(const char *name);

#endif
