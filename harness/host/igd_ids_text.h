/* The table of ids that is built into the program: results/data/igd-ids.yaml. */
#ifndef IGD_HOST_IGD_IDS_TEXT_H
#define IGD_HOST_IGD_IDS_TEXT_H

#include "harness/base/embedded.h"

extern const struct embedded igd_ids_text;

#endif
