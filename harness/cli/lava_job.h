/*
 * A job for LAVA: runs the cells of a plan on a host that LAVA reaches over ssh, and lets its
 * dispatcher read the signals that `judge --format lava` prints.
 *
 * The shape is that of LAVA's own documentation ("Writing a LAVA test job", deploy and boot method
 * ssh) and of its schema, lava_common/schemas in release 2023.01.
 */
#ifndef IGD_CLI_LAVA_JOB_H
#define IGD_CLI_LAVA_JOB_H

#include <jansson.h>

#include "src/problem.h"

struct lava_options {
	const char *device_type; /* LAVA's word for a kind of host */
	char *const *tags;       /* which of them: the host must have all */
	size_t tag_count;
	const char *prefix; /* where the harness is on the host: PREFIX/bin/igd-harness */
	const char *out;    /* the run directory on the host; NULL: in the job's own folder */
	double slow;        /* multiplies all limits */
	const char *shard;  /* as given to --shard, or NULL */
	char *const *select;
	size_t select_count;
	json_t *visibility; /* of lava_visibility(); NULL: public */
	char *const *more;  /* words for `run` on the host, as they are */
	size_t more_count;
};

/*
 * Who may see a job, as LAVA's schema has it: public, personal, or group:NAME[,NAME...] of groups
 * of its server. A new value, or NULL with the sentence for any other word.
 */
json_t *lava_visibility(const char *text, struct problem *why);

/*
 * The job for that plan (harness/plan/plan.h), its time-outs from the limits of the plan's cells: a
 * new object, or NULL without memory.
 */
json_t *lava_job(const json_t *plan, const struct lava_options *options);

/*
 * The same as YAML, in block style. Returns 0 and the text, which the caller frees, or -ENOMEM with
 * the sentence.
 */
int lava_job_yaml(const json_t *job, char **text_r, struct problem *why);

#endif
