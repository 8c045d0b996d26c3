#include "harness/base/install_paths.h"

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
