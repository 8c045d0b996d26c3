/* Where the result of a command goes: to the terminal, or whole into a file. */
#ifndef IGD_REPORT_FILE_H
#define IGD_REPORT_FILE_H

#include "harness/base/fileio.h"
#include "harness/report/formats.h"
#include "src/problem.h"

/*
 * Writes what the source gives into the file `path`, whole: a reader sees what was there before, or
 * all of what is new (fileio_write_from()). NULL: to stdout. Returns 0, or a negative errno with
 * the sentence: -EINVAL if something that is no plain file is there.
 */
int render_output(const char *path, const struct fileio_source *source, struct problem *why);

/* Renders findings with render_output(); into a file without colours, whatever the options say. */
int render_file(const struct renderer *renderer, const json_t *findings,
	const struct render_options *options, const char *path, struct problem *why);

#endif
