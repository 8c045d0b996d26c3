/*
 * A qualification of several releases, as one document made of documents: the findings of their
 * runs, the preflights of their hosts, the audits of their QEMUs (harness/abi.h) and the bundles of
 * the runs. The renderers read the document alone. docs/release.md is for its readers.
 *
 * {
 *   "format": "igd-harness qualification", "version": 1, "harness": "0.2.0",
 *   "decision": "undecided",          as in harness/summary.h, for all runs together
 *   "verdict": "XFAIL",               the worst of the runs
 *   "hardware": false, "instead": ["virtual lab", "phantom IGD"], "place": [REASON],
 *                                     whether all runs were on hardware; if not, on what instead
 *   "grounds": [REASON],              REASON: {"text": "a sentence", "of": ["seed-igd in trixie"]}
 *   "releases": [ {"name": "trixie", "versions": {...}, "qemu": "QEMU emulator version ...",
 *                  "kernel": "6.12...", "device_model": {"path", "sha256"}, "builds": {...},
 *                  "cpu": ..., "models": {...}} ],
 *                                     as the runs identified them, in the order given
 *   "coverage": [...], "never": ["Haswell (7.5)"],
 *                                     harness/coverage.h, summed over all runs
 *   "matrices": [ {
 *     "name": "seed-igd", "sha256": ["..."], "patterns": ["..."],
 *                                     by which it was judged; several if not all by the same
 *     "runs": [ {"release", "verdict", "decision", "counts", "cells": 18, "unrun": ["NAME"],
 *                "guest": "tiny" or null, "slow": 2.0} ],
 *     "cells": [ {"name", "verdicts": ["PASS", null], "changed": true, "fields": [...],
 *                 "endings": [...]} ],                  harness/compare.h; a column for each run
 *     "steps": [ {"to": "trixie", "classes": {...},
 *                 "cells": [{"name", "class", "from": "bookworm", "a", "b", "reason"}]} ],
 *                                     harness/diff.h, for each run but the first: against the last
 *                                     release before in which a cell had an answer; without "same"
 *     "transitions": [ {"release", "name", "words": {...}, "outcome": "the same machine",
 *                       "disk": true or null, "clock": true or null, "verdict"} ]
 *   } ],
 *   "failures": [ {"matrix", "release", "name", "layer", "reason"} ],
 *   "known", "gone", "expired": [ {"id", "known", "field", "expected", "seen", "why", "source",
 *                       "until", "matrix", "of": [{"release", "cells": ["NAME"]}]} ],
 *                                     harness/summary.h
 *   "unanswered": [ {"matrix", "release", "verdict", "reason", "layer", "cells": ["NAME"]} ],
 *   "preflight": [ {"release", "verdict", "counts", "phantom": true, "from_run": false,
 *                   "is_of_runs": true,               the versions are those of the runs
 *                   "troubles": [{"id", "verdict", "why", "advice"}]} ],
 *   "abi": [ {"release", "file", "sha256", "is_of_runs": true, "xen", "error" or null, "symbols":
 * 16, "libraries": [{"name", "symbols"}], "new": [...], "gone": [...], "faults": [...]} ],
 *                                     harness/abi.h; "new" and "gone" since the release before
 *   "volatile": {                    "day" in documents of older versions, which are still read
 *     "runs": [ {"matrix", "release", "started", "harness", "run_sha256", "seconds": 412,
 *                "bundle": {"file", "sha256", "bytes", "files"} or null} ],
 *     "preflight": [ {"release", "when"} ],
 *     "transitions": [ {"release", "name", "behind_ms", "saved_bytes", "save_ms", "restore_ms"} ],
 *     "words": [ {"matrix", "release", "name", "cause"} ]
 *   }
 * }
 *
 * Everything that may vary between identical runs (dates, durations, hashes of these, log text) is
 * in "volatile", and only there. Observed values of a cell are elsewhere: if they differ, the runs
 * have different results.
 */
#ifndef IGD_QUALIFY_H
#define IGD_QUALIFY_H

#include <jansson.h>
#include <stdio.h>

#include "src/problem.h"

#define QUALIFY_FILE_MAX (64u << 20) /* bytes of a document that is read back */

/* A class of "steps" besides those of harness/diff.h: a different known deviation than before. */
#define QUALIFY_OTHERWISE "other deviation"

/* The sources of a qualification; all borrowed. */
struct qualify_sources {
	/* [ {"release", "findings": harness/judge.h, "settings": of run.json, "sha256": of it,
	 *    "unrun": [names of cells that its matrix has and its plan has not]} ] */
	const json_t *runs;
	/* {RELEASE: {"document": harness/host_document.h, "from_run": false}} */
	const json_t *hosts;
	const json_t *abis; /* {RELEASE: harness/abi.h} */
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

/* The exit status: that of the worst run, or 1 if the qualification failed otherwise. */
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
