/*
 * The settings that let a guest at things of the host (I/O ports, memory, interrupts, reserved
 * regions, the IOMMU), its firmware, and the ROM of passed-through devices.
 */
#ifndef IGD_BACKEND_LIBXL_CONFIG_HOST_H
#define IGD_BACKEND_LIBXL_CONFIG_HOST_H

#include <jansson.h>

#include "harness/backend/libxl/config_words.h"

/*
 * Each writes the setting `name`, whose value setting_check() has taken, into f->config, which owns
 * what is allocated. Returns 0, -EINVAL or -ENOMEM, with the sentence in f->why.
 */
int config_apply_ioports(struct filling *f, const char *name, const json_t *value);
int config_apply_iomem(struct filling *f, const char *name, const json_t *value);
int config_apply_irqs(struct filling *f, const char *name, const json_t *value);
int config_apply_passthrough(struct filling *f, const char *name, const json_t *value);
int config_apply_bios(struct filling *f, const char *name, const json_t *value);

/* After config_apply_pci(): a device without a policy of its own gets that of `rdm`. */
int config_apply_rdm(struct filling *f, const char *name, const json_t *value);

#endif
