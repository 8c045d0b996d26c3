/*
 * Findings (harness/judge/judge.h) on their way from the judge to who renders or keeps them: piece
 * by piece, so that of a run of ten thousand cells one cell is in memory.
 */
#ifndef IGD_JUDGE_FINDINGS_SINK_H
#define IGD_JUDGE_FINDINGS_SINK_H

#include <jansson.h>
#include <stddef.h>

/* Each returns 0, or a negative errno, after which nothing more comes; all are borrowed. */
struct findings_sink {
	/* All that is known before the first cell: the document without the rest. */
	int (*begin)(void *data, const json_t *head);
	/* An entry of "cells". */
	int (*cell)(void *data, const json_t *cell);
	/* {"verdict": ..., "counts": ...} */
	int (*end)(void *data, const json_t *totals);
	void *data;
};

/* Passes a whole document through. Returns what the sink said, or -ENOMEM. */
int findings_emit(const json_t *findings, const struct findings_sink *sink);

/* A sink that puts the document together again, in *findings, which must be NULL before: a new
 * reference, whole if all went well. */
struct findings_sink findings_collector(json_t **findings);

/* A sink that keeps the totals alone, in *totals, which must be NULL before: a new reference. */
struct findings_sink findings_totals(json_t **totals);

/* A sink for two: the second is told if the first said 0. Both are borrowed. */
struct findings_pair {
	const struct findings_sink *first, *second;
};

struct findings_sink findings_both(struct findings_pair *pair);

#endif
