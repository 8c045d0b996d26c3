/* The settings that are one field of a libxl_domain_config each. */
#ifndef IGD_BACKEND_LIBXL_CONFIG_FIELDS_H
#define IGD_BACKEND_LIBXL_CONFIG_FIELDS_H

#include <jansson.h>

#include "harness/backend/libxl/config_words.h"

/*
 * Writes the setting `name`, whose value setting_check() has taken, into its field of f->config.
 * Returns 0; -ENOTSUP with the sentence if this libxl does not have the field; -ENOMEM.
 */
int config_apply_field(struct filling *f, const char *name, const json_t *value);

#endif
