/* What a renderer writes, in a file. */
#ifndef IGD_RENDER_FILE_H
#define IGD_RENDER_FILE_H

#include "harness/fileio.h"
#include "harness/render.h"
#include "src/problem.h"

/*
 * Renders findings into the file `path`, whole: a reader sees what was there before, or all of what
 * is new (fileio_write()). Without colours, whatever the options say. Returns 0, or a negative
 * errno with the sentence: -EINVAL if something that is no plain file is there.
 */
int render_file(const struct renderer *renderer, const json_t *findings,
	const struct render_options *options, const char *path, struct problem *why);

/*
 * The same in parts, for what is written piece by piece to `stream`. render_file_end() follows
 * whatever render_file_begin() said, with what became of the writing: the file is there if `r` is
 * 0. Returns `r`, or what went wrong then.
 */
struct render_file {
	FILE *stream;
	int dir_fd;
	char *name;
	struct atomic_file file;
};

int render_file_begin(struct render_file *file, const char *path, struct problem *why);
int render_file_end(struct render_file *file, const char *path, int r, struct problem *why);

#endif
