/* Which data file of patterns to use. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "harness/base/install_paths.h"
#include "harness/base/run_files.h"
#include "harness/logs/patterns.h"

int patterns_choose(
	const char *named, const char *run_dir, struct patterns **patterns_r, struct problem *why)
{
	struct problem inner = { "" };
	char *installed = NULL, *frozen = NULL;
	int r;

	*patterns_r = NULL;
	if (!named)
		named = getenv("IGD_PATTERNS");
	if (named)
		return patterns_load(named, patterns_r, why);
	installed = install_path(PATTERNS_FILE);
	r = installed ? patterns_load(installed, patterns_r, &inner)
		      : problem_set(&inner, -ENOMEM, "out of memory");
	if (r == -ENOENT && run_dir) {
		inner = (struct problem){ "" };
		if (asprintf(&frozen, "%s/%s", run_dir, PATTERNS_FILE) < 0)
			frozen = NULL;
		r = frozen ? patterns_load(frozen, patterns_r, &inner)
			   : problem_set(&inner, -ENOMEM, "out of memory");
	}
	if (r == -ENOENT) {
		fprintf(stderr,
			"igd-harness: the logs are not searched: %s does not exist; name a "
			"file of patterns with --patterns or IGD_PATTERNS\n",
			installed);
		r = 0;
	}
	if (r < 0)
		problem_set(why, r, "%s", inner.text);
	free(installed);
	free(frozen);
	return r;
}
