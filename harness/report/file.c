#include "harness/report/file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A rename would put a plain file in the place of a device or a pipe. */
static int check_place(const char *path, struct problem *why)
{
	struct stat st;

	if (lstat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return problem_set(why, -EINVAL,
			"%s exists and is not a regular file: name a different one, or leave --output out and "
			"redirect",
			path);
	return 0;
}

static int write_file(const char *path, const struct fileio_source *source, struct problem *why)
{
	char *folder_copy = strdup(path), *name_copy = strdup(path);
	int dir_fd = -1, r;

	if (!folder_copy || !name_copy) {
		r = problem_set(why, -ENOMEM, "no memory to write %s", path);
		goto out;
	}
	r = check_place(path, why);
	if (r < 0)
		goto out;
	dir_fd = open(dirname(folder_copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	r = dir_fd < 0 ? problem_set(why, -errno, "cannot write %s: %s", path, strerror(errno))
		       : fileio_write_from(dir_fd, basename(name_copy), path, source, why);
out:
	if (dir_fd >= 0)
		close(dir_fd);
	free(name_copy);
	free(folder_copy);
	return r;
}

int render_output(const char *path, const struct fileio_source *source, struct problem *why)
{
	struct problem inner = { 0 };
	int r;

	if (path)
		return write_file(path, source, why);
	r = source->write(source->data, stdout, &inner);
	if (r < 0 && inner.text[0])
		return problem_set(why, r, "%s", inner.text);
	return r < 0 ? problem_set(why, r, "cannot write the result: %s", strerror(-r)) : 0;
}

/* What render_file() writes. */
struct rendered {
	const struct renderer *renderer;
	const json_t *findings;
	struct render_options options;
};

static int write_rendered(void *data, FILE *stream, struct problem *why)
{
	const struct rendered *rendered = data;

	return rendered->renderer->render(rendered->findings, &rendered->options, stream);
}

int render_file(const struct renderer *renderer, const json_t *findings,
	const struct render_options *options, const char *path, struct problem *why)
{
	struct rendered rendered = { renderer, findings, *options };
	struct fileio_source source = { write_rendered, &rendered };

	rendered.options.colour = options->colour && !path;
	return render_output(path, &source, why);
}
