/* Paths of the programs that are installed in the folder of this module. */
#ifndef IGD_BACKEND_LIBXL_MODULE_PATH_H
#define IGD_BACKEND_LIBXL_MODULE_PATH_H

#include "src/problem.h"

/*
 * Finds an executable in the module's folder, or, in a build tree, at the path `built` relative to
 * it. Returns 0 and the path without symbolic links, a new string that the caller frees; or -ENOENT
 * with the sentence.
 */
int module_path_find(const char *program, const char *built, char **path_r, struct problem *why);

#endif
