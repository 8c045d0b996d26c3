/* The table of Xen's messages that is built into the program: results/data/xen-messages.yaml. */
#ifndef IGD_HOST_XEN_MESSAGES_TEXT_H
#define IGD_HOST_XEN_MESSAGES_TEXT_H

#include "harness/base/embedded.h"

extern const struct embedded xen_messages_text;

#endif
