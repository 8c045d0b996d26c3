/*
 * One run of a point: started, resumed or found on disk, and judged.
 */
#ifndef IGD_BISECT_STEP_RUN_REVISION_H
#define IGD_BISECT_STEP_RUN_REVISION_H

#include "harness/bisect/step/step.h"

/* A run on disk, judged. */
struct bisect_judged {
	enum bisect_answer answer;
	char *why;       /* the caller frees */
	bool unfinished; /* a cell has not ended: `resume` runs it */
	json_t *findings;
};

/*
 * Judges the run directory `dir` by the session's plan and signature. -ENOENT if there is none, or
 * another negative errno with the sentence if it is damaged.
 */
int bisect_judge_run(const struct bisect_session *session, const char *dir,
	struct bisect_judged *judged_r, struct problem *why);
void bisect_judged_finish(struct bisect_judged *judged);

/*
 * Run `number` (from 1) in `folder` (bisect_state_fingerprint()): judges the run on disk if it has
 * an answer, otherwise makes it. Sets the answer and `why` of `result` and counts new runs in its
 * `runs`. Returns 0, or a negative errno as bisect_step().
 */
int bisect_run(struct bisect_session *session, const struct bisect_point *point, const char *folder,
	unsigned int number, struct bisect_result *result, struct problem *why);

/* Whether a run on disk has the answer already. */
bool bisect_run_is_known(
	const struct bisect_session *session, const char *folder, unsigned int number);

#endif
