#include "harness/base/install_paths.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *install_path(const char *name)
{
	char self[PATH_MAX], *path = NULL, *slash;
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	self[n > 0 ? n : 0] = 0;
	slash = strrchr(self, '/');
	if (slash)
		*slash = 0;
	if (asprintf(&path, "%s/../share/igd-harness/%s", self, name) < 0)
		return NULL;
	return path;
}

char *install_guests(const char *named)
{
	if (!named)
		named = getenv("IGD_GUESTS");
	return named ? strdup(named) : install_path("guests");
}

char *install_matrix(const char *named)
{
	char name[NAME_MAX + 1], *path;

	if (!*named || strchr(named, '/') || access(named, F_OK) == 0 ||
		(size_t)snprintf(name, sizeof(name), "matrices/%s.yaml", named) >= sizeof(name))
		return strdup(named);
	path = install_path(name);
	if (!path || access(path, F_OK) == 0)
		return path;
	free(path);
	return strdup(named);
}

const char *install_program(void)
{
	return strchr(program_invocation_name, '/') ? program_invocation_name : "igd-harness";
}
