/* What config.c and config_devices.c share: the settings of a cell on their way to libxl. */
#ifndef IGD_XEN_CONFIG_H
#define IGD_XEN_CONFIG_H

#include <stddef.h>

#include "harness/xen/xen.h"

/*
 * What is allocated for it goes into the libxl_domain_config, which its owner disposes of. GCC 12's
 * analyzer loses sight of that and calls it leaked; config_test.c under LeakSanitizer shows that
 * nothing is.
 */
#if !defined(__clang__)
#pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
#endif

struct filling {
	libxl_domain_config *config;
	const char *cmdline; /* of the cell */
	int disk_fd;         /* its disk */
	struct problem *why;
};

/* Returns -EINVAL with "libxl setting `NAME` must be WANTED". */
int config_wrong(struct filling *f, const char *name, const char *wanted);

/* Returns -ENOMEM with the sentence. */
int config_no_memory(struct filling *f);

/* Takes one of `words`, which ends with NULL. Returns 0 and its place, or -EINVAL. */
int config_word(struct filling *f, const char *name, const json_t *value, const char *const *words,
	size_t *index_r);

/* Each takes one setting into f->config. Returns 0, -EINVAL or -ENOMEM. */
int config_apply_pci(struct filling *f, const char *name, const json_t *value);
int config_apply_nic(struct filling *f, const char *name, const json_t *value);
int config_apply_disk(struct filling *f, const char *name, const json_t *value);

/* Adds the image's root file system, as a CD; NULL for none. Returns 0 or -ENOMEM. */
int config_add_root(struct filling *f, const char *path);

#endif
