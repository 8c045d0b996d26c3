/* What a renderer writes, in a file. */
#ifndef IGD_RENDER_FILE_H
#define IGD_RENDER_FILE_H

#include "harness/render.h"
#include "src/problem.h"

/*
 * Renders findings into the file `path`, whole: a reader sees what was there before, or all of what
 * is new (store_write()). Without colours, whatever the options say. Returns 0, or a negative errno
 * with the sentence: -EINVAL if something that is no plain file is there.
 */
int render_file(const struct renderer *renderer, const json_t *findings,
	const struct render_options *options, const char *path, struct problem *why);

#endif
