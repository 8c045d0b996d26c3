/*
 * What a cell left, read from its folder for the judge.
 */
#ifndef IGD_JUDGE_RECORD_H
#define IGD_JUDGE_RECORD_H

#include <jansson.h>

#include "harness/logs/patterns.h"
#include "src/problem.h"

/* As in struct evidence (harness/evidence/fields.h); all owned, NULL for what is not there. */
struct judge_record {
	json_t *end, *report, *logs, *views, *xen, *restored, *moved;
	/* Paths in the cell's folder of the logs of which only the beginning was searched; a
	 * restored guest's begin with TRANSITION_FOLDER "/". */
	json_t *cut;
	json_t *pruned; /* prune_names() */
	struct problem end_trouble, report_trouble;
};

/*
 * Reads it into a zeroed record. Returns 0, or -ENOMEM: the record is then not to be judged, only
 * to be freed. Whatever cannot be read is left out, with the sentence in one of the troubles; of a
 * damaged record all is, for nobody recorded what it says. `identities` are those of the run that
 * recorded the cell; `patterns` may be NULL.
 */
int judge_record_read(int cell_fd, const json_t *plan_cell, const json_t *identities,
	const struct patterns *patterns, struct judge_record *record);
void judge_record_free(struct judge_record *record);

#endif
