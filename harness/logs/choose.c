/* Which data file of patterns to use. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/install_paths.h"
#include "harness/base/run_files.h"
#include "harness/logs/patterns.h"

static int load_frozen(const char *run_dir, struct patterns **patterns_r, struct problem *why)
{
	int dir_fd = open(run_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), r;
	char *file = NULL;

	if (dir_fd < 0)
		return problem_set(why, -errno, "cannot open %s: %s", run_dir, strerror(errno));
	if (asprintf(&file, "%s/%s", run_dir, PATTERNS_FILE) < 0)
		file = NULL;
	r = file ? patterns_load_at(dir_fd, PATTERNS_FILE, file, patterns_r, why)
		 : problem_set(why, -ENOMEM, "out of memory");
	free(file);
	close(dir_fd);
	return r;
}

int patterns_choose(
	const char *named, const char *run_dir, struct patterns **patterns_r, struct problem *why)
{
	struct problem inner = { "" };
	char *installed = NULL;
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
		r = load_frozen(run_dir, patterns_r, &inner);
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
	return r;
}
