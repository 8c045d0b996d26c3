/* The hypervisor's messages, memory and reserved regions, and the host's capacity for guests. */
#ifndef IGD_BACKEND_LIBXL_SURVEY_H
#define IGD_BACKEND_LIBXL_SURVEY_H

#include <jansson.h>

#include "harness/backend/backend.h"

/* The back end's survey(): adds to the object `survey`; a value that cannot be read is left out. */
void host_survey(struct backend_host *host, json_t *survey);

/* The back end's capacity(): CPUs, MiB and number of guests; 0 for a value that cannot be read. */
void host_capacity_read(struct backend_host *host, struct host_capacity *capacity);

#endif
