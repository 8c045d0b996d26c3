/*
 * A qualification of several releases, as one document made of documents: the findings of their
 * runs, the preflights of their hosts, the audits of their QEMUs (harness/abi/abi.h) and the
 * bundles of the runs. The renderers read the document alone. docs/labs/release.md is for its
 * readers.
 * docs/schema/qualification.json describes it.
 *
 * Everything that may vary between identical runs (dates, durations, hashes of these, log text) is
 * in "volatile", and only there. Observed values of a cell are elsewhere: if they differ, the runs
 * have different results.
 */
#ifndef IGD_QUALIFY_QUALIFY_H
#define IGD_QUALIFY_QUALIFY_H

#include <jansson.h>
#include <stdio.h>

#include "src/problem.h"

#define QUALIFY_FILE_MAX (64u << 20) /* bytes of a document that is read back */

/* A class of "steps" besides those of harness/compare/diff.h: a different known deviation than
 * before. */
#define QUALIFY_OTHERWISE "other deviation"

/* The sources of a qualification; all borrowed. */
struct qualify_sources {
	/* [ {"release", "findings": harness/judge/judge.h, "settings": of run.json, "sha256": of it,
	 *    "unrun": [names of cells that its matrix has and its plan has not]} ] */
	const json_t *runs;
	/* {RELEASE: {"document": harness/host/document.h, "from_run": false}} */
	const json_t *hosts;
	const json_t *abis; /* {RELEASE: harness/abi/abi.h} */
	/* [ {"file", "sha256", "bytes", "files", "run_sha256": of the run.json in it} ] */
	const json_t *bundles;
};

/*
 * Makes the document. Returns 0 and a new reference; -EINVAL with a message if a matrix was run
 * twice in a release or in too many releases, or if a host, an audit or a bundle belongs to none of
 * the runs; -ENOMEM.
 */
int qualify_document(
	const struct qualify_sources *sources, json_t **document_r, struct problem *why);

/* The exit status: that of the worst run; where that is 0, 1 if the decision is "not qualified" and
 * 3 if it is "undecided". */
int qualify_exit_status(const json_t *document);

/*
 * Checks a stored document before it is rendered. Returns 0; -EINVAL if a part is missing, -EPROTO
 * for a newer version, each with a message.
 */
int qualify_check(const json_t *document, struct problem *why);

/* Print the document: a summary for a terminal; Markdown; an HTML page. The same document gives the
 * same bytes. Return 0, or -EIO. */
int qualify_render_text(const json_t *document, FILE *stream);
int qualify_render_md(const json_t *document, FILE *stream);
int qualify_render_html(const json_t *document, FILE *stream);

#endif
