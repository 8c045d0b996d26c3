/* The setting `domain_config`: a piece of libxl's own JSON, merged into what the settings made. */
#ifndef IGD_BACKEND_LIBXL_CONFIG_MERGE_H
#define IGD_BACKEND_LIBXL_CONFIG_MERGE_H

#include <jansson.h>

#include "harness/backend/libxl/libxl_compat.h"
#include "src/problem.h"

/*
 * Merges `piece` (an object, checked by setting_check()) into `config` as RFC 7396 has it: null
 * takes a key away. libxl itself ignores a key that it does not know and a value of the wrong type;
 * here each is looked for in what libxl has read. true and false may stand for a libxl_defbool.
 * libxl's errors go to the log of `ctx`. Returns 0; -EINVAL with a sentence that names the path,
 * and `config` as it was; or -ENOMEM.
 */
int config_merge(
	libxl_ctx *ctx, libxl_domain_config *config, const json_t *piece, struct problem *why);

/* libxl_domain_config_to_json() as JSON; a new reference, NULL without memory. */
json_t *config_to_json(libxl_ctx *ctx, libxl_domain_config *config);

#endif
