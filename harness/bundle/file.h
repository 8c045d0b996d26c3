/* A bundle as a file beside others: what `bundle` and `host --bundle` have in common. */
#ifndef IGD_BUNDLE_FILE_H
#define IGD_BUNDLE_FILE_H

#include <time.h>

#include "harness/base/file_list.h"
#include "harness/bundle/bundle.h"
#include "src/problem.h"

/* The module, or NULL with the sentence: libarchive is not on every host. */
const struct bundle_module *bundle_load(struct problem *why);

struct bundle_order {
	int dir_fd;                 /* what is bundled */
	const char *const *without; /* entries of it that are not; ends with NULL */
	const char *top;            /* the folder's name in the bundle */
	time_t when;
};

/*
 * Makes the file `output`, which must not be there and must not be in the bundled folder; it is
 * whole or not there. Returns 0 and what is in it, or a negative errno with the sentence.
 */
int bundle_make(const struct bundle_module *module, const struct bundle_order *order,
	const char *output, struct bundle_contents *contents_r, struct problem *why);

#endif
