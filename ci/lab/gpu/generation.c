#include "ci/lab/gpu/generation.h"

#include <string.h>

const struct generation *const generations[] = { &coffee_lake, NULL };

const struct generation *generation_find(const char *name)
{
	for (const struct generation *const *generation = generations; *generation; generation++) {
		if (strcmp((*generation)->name, name) == 0)
			return *generation;
	}
	return NULL;
}
