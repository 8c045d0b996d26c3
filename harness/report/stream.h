/*
 * The part that renderers share with their table: options, and findings that arrive cell by cell.
 */
#ifndef IGD_REPORT_STREAM_H
#define IGD_REPORT_STREAM_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "harness/judge/findings_sink.h"
#include "harness/store/record_view.h"
#include "src/problem.h"

struct render_options {
	bool colour;                 /* ANSI colours */
	bool verbose;                /* also what was as expected */
	const char *dir;             /* the run directory, to be named; NULL: it is not */
	const char *more;            /* the command that shows more; NULL: it is not named */
	const struct record *record; /* what the run left, NULL: only the findings are known */
	const char *in_reply_to;     /* for a mail: the id of the mail that it answers, or NULL */
	const char *base_url;        /* where the run directory is served, or NULL */
	const json_t *difference; /* from a baseline, harness/compare/diff.h; NULL: there is none */
};

/* What a renderer that goes cell by cell is given, and what it remembers between the cells. */
struct rendering {
	const struct render_options *options;
	FILE *stream;
	size_t cells; /* that were rendered */
	json_t *kept; /* what it says at the end; NULL: nothing yet */
	/* What else the renderer keeps until the end, and what frees it; NULL: nothing. */
	void *own;
	void (*free_own)(void *own);
	struct problem *why; /* the sentence of an error that is not the stream's; may be NULL */
};

/* Frees what the renderer kept, also if its sink did not come to the end. */
void rendering_finish(struct rendering *rendering);

/* Renders a whole findings document with a renderer that goes cell by cell. Returns 0, -EIO if the
 * stream failed, or -ENOMEM. */
int render_streamed(struct findings_sink (*sink_of)(struct rendering *rendering),
	const json_t *findings, const struct render_options *options, FILE *stream);

#endif
