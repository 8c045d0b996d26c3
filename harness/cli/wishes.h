/* The options by which `run` and `resume` steer a run: struct session_wishes. */
#ifndef IGD_CLI_WISHES_H
#define IGD_CLI_WISHES_H

#include <jansson.h>

#include "harness/cli/options.h"
#include "harness/session/session.h"

/* As given on the command line; NULL: not given. */
struct wish_texts {
	const char *max_fail, *time_limit, *order;
};

/* Rows of a command's table; `texts` is a struct wish_texts. */
/* clang-format off */
#define WISH_OPTIONS(texts)                                                                        \
	{ "max-fail", "N",                                                                         \
		"begin no further cell once N cells are FAIL; `resume` runs the others",           \
		.text = &(texts).max_fail },                                                       \
	{ "time-limit", "DURATION",                                                                \
		"begin no further cell after this time, such as 90s, 45min or 8h;\n"                \
		"                          `resume` runs the others",                              \
		.text = &(texts).time_limit },                                                     \
	{ "order", "failed-first=RUN",                                                             \
		"begin with the cells that were FAIL or worse in an earlier run",                  \
		.text = &(texts).order }
/* clang-format on */

/*
 * Reads them into `wishes`, whose `first` is then a new reference or NULL; the level is left alone.
 * The earlier run is opened and judged. Returns 0, or a negative errno with the sentence: -EINVAL
 * for a text that has no such form, otherwise as store_open() and judge_stream().
 */
int wishes_read(const struct wish_texts *texts, struct session_wishes *wishes, struct problem *why);

#endif
