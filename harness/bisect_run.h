/*
 * One run of a thing: made, gone on with or found, and judged.
 */
#ifndef IGD_BISECT_RUN_H
#define IGD_BISECT_RUN_H

#include "harness/bisect_step.h"

/* A run that is there, and what it says. */
struct bisect_judged {
	enum bisect_answer answer;
	char *why;       /* the caller frees */
	bool unfinished; /* some cell has not come to its end: resume goes on with it */
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
 * The run `number` (from 1) of the thing kept in `folder`, run now unless it is there and says
 * something. `result` is given the answer; its `runs` count. Returns 0, or a negative errno with
 * the sentence as bisect_step().
 */
int bisect_run(struct bisect_session *session, const struct bisect_point *point, const char *folder,
	unsigned int number, struct bisect_result *result, struct problem *why);

/* Is it known without running anything? */
bool bisect_run_is_known(
	const struct bisect_session *session, const char *folder, unsigned int number);

#endif
