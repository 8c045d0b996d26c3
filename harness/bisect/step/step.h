/*
 * A step: one revision is made available, its cells are run, and what they say is judged.
 */
#ifndef IGD_BISECT_STEP_STEP_H
#define IGD_BISECT_STEP_STEP_H

#include "harness/bisect/bisect.h"
#include "harness/bisect/state.h"
#include "harness/logs/patterns.h"

/* What is the same for all steps. */
struct bisect_session {
	const struct bisect_orders *orders;
	struct bisect_state state;
	json_t *plan;      /* the chosen cells; with a signature only those it speaks of */
	json_t *signature; /* harness/bisect/step/signature.h; NULL: the matrix decides */
	json_t *guests, *host;
	char *guests_dir;
	struct patterns *patterns;
};

/*
 * Opens the state and works out what is to be run. `session_r` is to be closed, also after an
 * error: -EINVAL and others for a wrong matrix, option or file; as bisect_state_open().
 */
int bisect_session_open(const struct bisect_orders *orders, const char *state_dir,
	struct bisect_session *session_r, struct problem *why);
void bisect_session_close(struct bisect_session *session);

/*
 * From now on only this deviation is bad; `signature` is stolen. Only the cells that it speaks of
 * are run, and they must be in the plan: -ENOENT.
 */
int bisect_look_for(struct bisect_session *session, json_t *signature, struct problem *why);

struct bisect_result {
	enum bisect_answer answer;
	char *why;         /* one sentence */
	char *run;         /* the run directory that shows it, or NULL */
	unsigned int runs; /* that were made for it now; 0: it was known */
	bool built;        /* a build was done for it now */
};

/*
 * Tests a point. Nothing that is known is built or run again. Returns 0 and the answer, to be
 * finished with bisect_result_finish(): whatever goes wrong with what is tested is
 * BISECT_SKIP, and with the host BISECT_STOP. A negative errno with the sentence for what is
 * neither: the state cannot be written, an option is wrong.
 */
int bisect_step(struct bisect_session *session, const struct bisect_point *point,
	struct bisect_result *result_r, struct problem *why);

/* A zeroed one is fine. */
void bisect_result_finish(struct bisect_result *result);

#endif
