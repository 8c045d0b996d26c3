#include "harness/render_file.h"

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
			"%s is there and is no plain file: name another, or leave --output out and "
			"redirect",
			path);
	return 0;
}

int render_file_begin(struct render_file *file, const char *path, struct problem *why)
{
	char *folder_copy = strdup(path);
	int r = -ENOMEM;

	*file = (struct render_file){ .dir_fd = -1, .name = strdup(path), .file.fd = -1 };
	if (!folder_copy || !file->name)
		goto out;
	r = check_place(path, why);
	if (r < 0)
		goto out;
	file->dir_fd = open(dirname(folder_copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	r = file->dir_fd < 0
		    ? -errno
		    : atomic_file_begin(file->dir_fd, basename(file->name), &file->file, NULL);
	if (r == 0 && !(file->stream = atomic_file_stream(&file->file)))
		r = -ENOMEM;
	if (r < 0)
		problem_set(why, r, "cannot write %s: %s", path, strerror(-r));
out:
	free(folder_copy);
	return r;
}

int render_file_end(struct render_file *file, const char *path, int r, struct problem *why)
{
	bool begun = file->stream;

	if (begun && fclose(file->stream) != 0 && r == 0)
		r = file->file.error < 0 ? file->file.error : -EIO;
	if (file->file.error < 0)
		r = file->file.error;
	r = atomic_file_end(&file->file, r, NULL);
	if (r < 0 && begun)
		problem_set(why, r, "cannot write %s: %s", path, strerror(-r));
	if (file->dir_fd >= 0)
		close(file->dir_fd);
	free(file->name);
	return r;
}

int render_file(const struct renderer *renderer, const json_t *findings,
	const struct render_options *options, const char *path, struct problem *why)
{
	struct render_options plain = *options;
	struct render_file file;
	int r = render_file_begin(&file, path, why);

	plain.colour = false;
	if (r == 0)
		r = renderer->render(findings, &plain, file.stream);
	return render_file_end(&file, path, r, why);
}
