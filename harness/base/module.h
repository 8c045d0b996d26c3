/*
 * Loadable modules: parts with libraries that not every host has. libxl's back end is one, the
 * archives of `igd-harness bundle` another.
 */
#ifndef IGD_BASE_MODULE_H
#define IGD_BASE_MODULE_H

#include "src/problem.h"

/*
 * Loads the module `file` from the program's build tree or installation, or from the folder
 * IGD_MODULES, and gives the address of `symbol` in it. It is never closed: what comes from it
 * lives as long as the program. NULL with the reason, for a sentence around it, in `error`.
 */
const void *module_load(const char *file, const char *symbol, struct problem *error);

#endif
