/* The settings that give a guest devices: `pci`, `nic`, `disk`, and the image's root. */
#ifndef IGD_BACKEND_LIBXL_CONFIG_DEVICES_H
#define IGD_BACKEND_LIBXL_CONFIG_DEVICES_H

#include <jansson.h>

#include "harness/backend/libxl/config_words.h"

/*
 * Each writes the setting `name` into f->config, which owns what is allocated. Returns 0, -EINVAL
 * or -ENOMEM, with the sentence in f->why.
 */
int config_apply_pci(struct filling *f, const char *name, const json_t *value);
int config_apply_nic(struct filling *f, const char *name, const json_t *value);
int config_apply_disk(struct filling *f, const char *name, const json_t *value);

/*
 * Adds the image's root file system at `path` as a CD; does nothing for NULL. Returns 0, or -ENOMEM
 * with the sentence.
 */
int config_add_root(struct filling *f, const char *path);

/* Adds the disk that the guest is started from, f->disk_fd; 0, or -ENOMEM with the sentence. */
int config_add_own_disk(struct filling *f, bool is_qcow2);

#endif
