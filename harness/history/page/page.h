/* The parts of the page, embedded when the program is built. */
#ifndef IGD_HISTORY_PAGE_PAGE_H
#define IGD_HISTORY_PAGE_PAGE_H

#include "harness/base/embedded.h"

extern const struct embedded page_history, page_history_style, page_history_script;

#endif
