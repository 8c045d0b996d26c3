/* The agent's side of the wire. */
#ifndef IGD_AGENT_SERVE_H
#define IGD_AGENT_SERVE_H

#include <jansson.h>

/*
 * Says hello until the first request comes, then answers requests on that descriptor.
 * `unloaded` is what init_load_modules() said, for the report; it may be NULL.
 * Returns 0 when it was told to power off and said so, or a negative errno of the console.
 */
int serve(int fd, const json_t *unloaded);

#endif
