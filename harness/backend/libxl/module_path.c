#include "harness/backend/libxl/module_path.h"

#include <dlfcn.h>
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/problem.h"

int module_path_find(const char *program, char **path_r, struct problem *why)
{
	static const char here; /* its address is in the module, whatever loaded that */
	char module[PATH_MAX] = "", path[PATH_MAX + 64];
	const char *folder;
	Dl_info info;

	*path_r = NULL;
	if (!dladdr(&here, &info) || !info.dli_fname || !realpath(info.dli_fname, module))
		return problem_set(why, -ENOENT, "the path of the back end's module is unknown");
	folder = dirname(module);
	snprintf(path, sizeof(path), "%s/%s", folder, program);
	*path_r = realpath(path, NULL);
	if (*path_r && access(*path_r, X_OK) == 0)
		return 0;
	free(*path_r);
	*path_r = NULL;
	return problem_set(why, -ENOENT,
		"%s is not in the folder of the back end, %.200s: install both", program, folder);
}
