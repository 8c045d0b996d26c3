#include "harness/base/module.h"

#include <dlfcn.h>
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Where a module is, from the program's folder: beside it, as in a build tree, or installed. */
static const char *const places[] = { ".", "../lib/igd-harness", NULL };

static void *open_at(const char *folder, const char *place, const char *file, struct problem *error)
{
	char path[PATH_MAX];
	void *handle;

	snprintf(path, sizeof(path), "%s/%s/%s", folder, place, file);
	if (access(path, R_OK) < 0)
		return NULL;
	handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (!handle)
		problem_set(error, -ENOEXEC, "%s", dlerror());
	return handle;
}

const void *module_load(const char *file, const char *symbol, struct problem *error)
{
	const char *folder = getenv("IGD_MODULES");
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	void *handle = NULL, *found;

	if (folder) {
		handle = open_at(folder, ".", file, error);
	} else {
		self[n > 0 ? n : 0] = 0;
		folder = dirname(self);
		for (int i = 0; places[i] && !handle && !error->text[0]; i++)
			handle = open_at(folder, places[i], file, error);
	}
	if (!handle) {
		problem_set(error, -ENOENT, "%s is not beside the program", file);
		return NULL;
	}
	found = dlsym(handle, symbol);
	if (!found) {
		problem_set(error, -ENOEXEC, "%s has no %s", file, symbol);
		dlclose(handle);
	}
	return found;
}
