/*
 * What the logs of a cell say: the patterns (harness/logs/patterns.h) in the files of its folder.
 */
#ifndef IGD_JUDGE_LOGS_H
#define IGD_JUDGE_LOGS_H

#include <jansson.h>

#include "harness/logs/patterns.h"

/*
 * Searches the logs in a cell's folder (a descriptor; -1: there is none) and the kernel's lines in
 * its checked report (or NULL), which count as its console's. Returns a new list of matches, NULL
 * without memory. *cut_r is then a new list: the names of the files of which only the first
 * PATTERNS_LOG_MAX bytes were searched.
 */
json_t *judge_logs(const struct patterns *patterns, int cell_fd, const json_t *report,
	const json_t *versions, json_t **cut_r);

#endif
