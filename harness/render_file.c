#include "harness/render_file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/store.h"

static int render_memory(const struct renderer *renderer, const json_t *findings,
	const struct render_options *options, char **text_r, size_t *length_r)
{
	struct render_options plain = *options;
	FILE *stream = open_memstream(text_r, length_r);
	int r;

	if (!stream)
		return -ENOMEM;
	plain.colour = false;
	r = renderer->render(findings, &plain, stream);
	if (fclose(stream) != 0 && r == 0)
		r = -ENOMEM;
	return r;
}

/* A rename would put a plain file in the place of a device or a pipe. */
static int check_place(const char *path, struct problem *why)
{
	struct stat st;

	if (lstat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return problem_set(why, -EINVAL,
			"%s is there and is no plain file: name another, or leave --output out and "
			"redirect",
			path);
	return 0;
}

int render_file(const struct renderer *renderer, const json_t *findings,
	const struct render_options *options, const char *path, struct problem *why)
{
	char *folder_copy = strdup(path), *name_copy = strdup(path), *text = NULL;
	size_t length = 0;
	int fd = -1, r = -ENOMEM;

	if (!folder_copy || !name_copy)
		goto out;
	r = check_place(path, why);
	if (r < 0)
		goto out;
	r = render_memory(renderer, findings, options, &text, &length);
	if (r < 0)
		goto out;
	fd = open(dirname(folder_copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	r = fd < 0 ? -errno : store_write(fd, basename(name_copy), text, length, NULL);
	if (r < 0)
		problem_set(why, r, "cannot write %s: %s", path, strerror(-r));
out:
	if (fd >= 0)
		close(fd);
	free(folder_copy);
	free(name_copy);
	free(text);
	return r;
}
