/* Paths of the programs that are installed in the folder of this module. */
#ifndef IGD_BACKEND_LIBXL_MODULE_PATH_H
#define IGD_BACKEND_LIBXL_MODULE_PATH_H

#include "src/problem.h"

/*
 * Finds an executable in the module's folder, installed or in a build tree. Returns 0 and the path
 * without symbolic links, a new string that the caller frees; or -ENOENT with the sentence.
 */
int module_path_find(const char *program, char **path_r, struct problem *why);

#endif
