/*
 * Many runs, ordered by when they began: which cells changed, with what, and which are not the same
 * each time. The document is docs/schema/history.json.
 *
 * Verdicts are those that were given when the runs were judged (findings.json); a run without is
 * judged now. Run directories and the cache may come from strangers: all of it is checked when it
 * is read, and escaped when it is printed.
 */
#ifndef IGD_HISTORY_HISTORY_H
#define IGD_HISTORY_HISTORY_H

#include <jansson.h>
#include <stddef.h>
#include <stdio.h>

#include "src/problem.h"

#define HISTORY_RUNS_MAX 200000

struct history_request {
	/* Run directories, bundles of run directories, or folders whose entries are these. */
	char *const *dirs;
	size_t count;
	const char *host;  /* only runs of that host; NULL: all */
	const char *cache; /* a file that keeps what was read of the runs; NULL: none */
};

/*
 * Reads the runs. Returns 0 and a new reference; -EINVAL, -ENOENT or another negative errno with
 * the sentence: for a directory without runs, a run that cannot be read, a host without runs, or a
 * cache that is not one.
 */
int history_read(const struct history_request *request, json_t **history_r, struct problem *why);

/* Print it for people; 0 or -EIO. */
int history_render_text(const json_t *history, FILE *stream);
int history_render_html(const json_t *history, FILE *stream);

#endif
