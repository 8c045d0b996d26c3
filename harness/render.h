/*
 * Renderers: findings (harness/judge.h) as something to read, and what changed since a baseline
 * (harness/diff.h). None asks the world anything; a few look into the record that the findings are
 * from, through harness/record.h.
 */
#ifndef IGD_RENDER_H
#define IGD_RENDER_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "harness/findings.h"
#include "harness/record.h"

struct render_options {
	bool colour;                 /* ANSI colours */
	bool verbose;                /* also what was as expected */
	const struct record *record; /* what the run left, NULL: only the findings are known */
	const json_t *difference;    /* from a baseline, harness/diff.h; NULL: there is none */
};

/* What a renderer that goes cell by cell is given, and what it remembers between the cells. */
struct rendering {
	const struct render_options *options;
	FILE *stream;
	size_t cells; /* that were rendered */
};

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

/* What render() of a renderer with a sink is: all of the findings, poured into that. */
int render_poured(struct findings_sink (*sink_of)(struct rendering *rendering),
	const json_t *findings, const struct render_options *options, FILE *stream);

/*
 * Writes text that may come from a guest: printable ASCII as it is, all else as \xNN, so that no
 * guest moves a cursor, sets a title or writes a second line.
 */
void render_text(FILE *stream, const char *text);

/* A JSON value as one piece of text: a string without quotes, null as "nothing". Escaped likewise.
 */
void render_value(FILE *stream, const json_t *value);

#endif
