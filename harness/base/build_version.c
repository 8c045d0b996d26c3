#include "harness/base/build_version.h"

static const char *version = IGD_VERSION;

const char *build_version(void)
{
	return version;
}

void build_version_set(const char *build)
{
	version = build;
}
