/*
 * A cell's settings while they are written into a libxl_domain_config, and the helpers that each
 * setting uses: two errors, and the choice of one word from a list.
 */
#ifndef IGD_BACKEND_LIBXL_CONFIG_WORDS_H
#define IGD_BACKEND_LIBXL_CONFIG_WORDS_H

#include <jansson.h>
#include <stddef.h>

#include "harness/backend/libxl/libxl_compat.h"
#include "src/problem.h"

/*
 * The libxl_domain_config owns what is allocated here. GCC 12's analyzer does not follow that and
 * reports leaks; config_test.c under LeakSanitizer shows that there are none.
 */
#if !defined(__clang__)
#pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
#endif

struct filling {
	libxl_domain_config *config; /* owns all that the settings allocate */
	int disk_fd;                 /* the cell's disk, borrowed; -1 without a disk */
	struct problem *why;
};

/* Returns -EINVAL with "libxl setting `NAME` must be WANTED". */
int config_wrong(struct filling *f, const char *name, const char *wanted);

/* Returns -ENOMEM with the sentence. */
int config_no_memory(struct filling *f);

/*
 * Looks for the string `value` in `words`, which ends with NULL. Returns 0 and its index, or
 * -EINVAL with the words that are possible.
 */
int config_word(struct filling *f, const char *name, const json_t *value, const char *const *words,
	size_t *index_r);

#endif
