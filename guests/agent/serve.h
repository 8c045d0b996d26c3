/* The agent's side of the wire. */
#ifndef IGD_AGENT_SERVE_H
#define IGD_AGENT_SERVE_H

#include <jansson.h>

#include "guests/agent/work.h"

/*
 * Says hello until the first request comes, then answers requests on that descriptor.
 * `unloaded` is what init_load_modules() said, for the report; it may be NULL. In between `work` is
 * done, step by step.
 * Returns 0 when it was told to power off and said so, or a negative errno of the console.
 */
int serve(int fd, const json_t *unloaded, struct work *work);

#endif
