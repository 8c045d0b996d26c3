#include "harness/bundle/file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/below/below.h"
#include "harness/base/module.h"

const struct bundle_module *bundle_load(struct problem *why)
{
	const struct bundle_module *module;
	struct problem error = { 0 };

	module = module_load(BUNDLE_MODULE, BUNDLE_MODULE_SYMBOL, &error);
	if (module && module->abi == BUNDLE_ABI)
		return module;
	problem_set(why, -ENOENT,
		"bundles and hosts under test need libarchive (Debian: libarchive13), and " BUNDLE_MODULE
		" beside the program: %s",
		module ? "it belongs to a different version" : error.text);
	return NULL;
}

static bool is_same_folder(int one_fd, int other_fd)
{
	struct stat one, other;

	return fstat(one_fd, &one) == 0 && fstat(other_fd, &other) == 0 &&
	       one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

/* Opens the folder that the bundle goes into; nothing of that name may be there. */
static int open_place(int dir_fd, const char *folder, const char *name, const char *output,
	int *fd_r, struct problem *why)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	*fd_r = fd;
	if (fd < 0)
		return problem_set(
			why, -errno, "cannot make %s: %s: %s", output, folder, strerror(errno));
	if (is_same_folder(fd, dir_fd))
		return problem_set(why, -EINVAL,
			"%s would be a part of the bundle itself: use a different file", output);
	if (below_exists(fd, name))
		return problem_set(why, -EEXIST,
			"%s exists already and is not overwritten: use a different file", output);
	return 0;
}

/* Under a temporary name first: a bundle that is there is whole. */
static int write_at(const struct bundle_module *module, const struct bundle_order *order,
	const struct files *files, int folder_fd, const char *name, const char *output,
	struct bundle_contents *contents, struct problem *why)
{
	char temporary[NAME_MAX + 1];
	int fd, r;

	if (snprintf(temporary, sizeof(temporary), ".%s.new", name) > NAME_MAX)
		return problem_set(why, -ENAMETOOLONG, "%s: the name is too long", output);
	fd = below_create(folder_fd, temporary, 0644);
	if (fd < 0)
		return problem_set(why, fd, "cannot make %s: %s", output, below_error(fd));
	r = module->write(order->dir_fd, files, order->top, order->when, fd, contents, why);
	if (r == 0 && fsync(fd) < 0)
		r = problem_set(why, -errno, "cannot write %s: %s", output, strerror(errno));
	if (close(fd) < 0 && r == 0)
		r = problem_set(why, -errno, "cannot write %s: %s", output, strerror(errno));
	if (r == 0) {
		r = below_rename(folder_fd, temporary, folder_fd, name, RENAME_NOREPLACE);
		if (r < 0)
			problem_set(why, r, "cannot make %s: %s", output, strerror(-r));
	}
	if (r == 0)
		fsync(folder_fd);
	else
		below_remove(folder_fd, temporary, false);
	return r;
}

int bundle_make(const struct bundle_module *module, const struct bundle_order *order,
	const char *output, struct bundle_contents *contents_r, struct problem *why)
{
	char folder[PATH_MAX], name[PATH_MAX];
	struct files files = { 0 };
	int fd = -1, r;

	if (strlen(output) >= sizeof(folder))
		return problem_set(why, -EINVAL, "the bundle's name is too long");
	strcpy(folder, output);
	strcpy(name, output);
	/* dirname() and basename() each want a copy of their own. */
	r = open_place(order->dir_fd, dirname(folder), basename(name), output, &fd, why);
	if (r == 0)
		r = file_list_read(order->dir_fd, order->without, &files, why);
	if (r == 0)
		r = write_at(module, order, &files, fd, basename(name), output, contents_r, why);
	file_list_free(&files);
	if (fd >= 0)
		close(fd);
	return r;
}
