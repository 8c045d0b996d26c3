/*
 * What the logs of a cell say: the patterns (harness/logs/patterns.h) in the files of its folder.
 */
#ifndef IGD_JUDGE_LOGS_H
#define IGD_JUDGE_LOGS_H

#include <jansson.h>

#include "harness/logs/patterns.h"
#include "harness/logs/subject.h"

/*
 * The domains and the passed-through devices of a cell, from libxl.json and libxl.log in its folder
 * and, for a transition, in the restored guest's (`restored_fd`, or -1), and from its settings.
 * Knows nothing of a cell that was not run through libxl.
 */
void judge_subject(const json_t *plan_cell, const json_t *identities, int cell_fd, int restored_fd,
	struct log_subject *subject_r);

/*
 * Lowers the severity of each cause that does not explain the cell's ending to "sign", with the
 * reason. `ending` is "" for a cell that did not run to its end. Returns 0 or -ENOMEM.
 */
int judge_doubt_causes(json_t *logs, const char *ending);

/*
 * Searches the logs in a cell's folder (a descriptor; -1: there is none) and the kernel's lines in
 * its checked report (or NULL), which count as its console's. Returns a new list of matches, NULL
 * without memory. *cut_r is then a new list: the names of the files of which only the first
 * PATTERNS_LOG_MAX bytes were searched.
 */
json_t *judge_logs(const struct patterns *patterns, int cell_fd, const json_t *report,
	const json_t *versions, const struct log_subject *subject, json_t **cut_r);

#endif
