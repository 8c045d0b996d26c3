#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/bundle.h"
#include "harness/clock.h"
#include "harness/commands.h"
#include "harness/module.h"
#include "harness/store.h"
#include "src/document.h"

static struct {
	const char *output;
	bool check;
} given;

static const struct command_option options[] = {
	{ "output", "FILE.tar.zst",
		"the file to make, which must not be there (default:\n"
		"                          MATRIX-STARTED.tar.zst here)",
		.text = &given.output },
	{ "check", NULL, "check the bundle that is named instead, without unpacking it",
		.flag = &given.check },
	{ NULL },
};

/* Not part of what was recorded: who writes there, and the manifest of a bundle it came from. */
static const char *const not_bundled[] = { "lock", BUNDLE_MANIFEST, NULL };

static const struct bundle_module *load(struct problem *why)
{
	const struct bundle_module *module;
	struct problem error = { 0 };

	module = module_load(BUNDLE_MODULE, BUNDLE_MODULE_SYMBOL, &error);
	if (module && module->abi == BUNDLE_ABI)
		return module;
	problem_set(why, -ENOENT,
		"bundles need libarchive (Debian: libarchive13), and " BUNDLE_MODULE
		" beside the program: %s",
		module ? "it belongs to another version" : error.text);
	return NULL;
}

/* The name for the folder in the bundle: what was tested, and when; whatever DIR is called. */
static void name_top(const json_t *run, const json_t *plan, char *top, size_t size)
{
	const char *matrix = document_text(json_object_get(plan, "matrix"), "name");
	const char *started = document_text(run, "started");
	size_t used = 0;

	for (const char *c = matrix[0] && matrix[0] != '.' ? matrix : "run"; *c && used < 64; c++) {
		if (isalnum((unsigned char)*c) || strchr("._-", *c))
			top[used++] = *c;
	}
	top[used++] = '-';
	for (const char *c = started; *c && used + 1 < size; c++) {
		if (isalnum((unsigned char)*c))
			top[used++] = *c;
	}
	top[used] = 0;
}

/* When the run began; 0 if it does not say. */
static time_t began_at(const json_t *run)
{
	time_t began = 0;

	clock_parse(document_text(run, "started"), &began);
	return began;
}

static bool is_same_folder(int one_fd, int other_fd)
{
	struct stat one, other;

	return fstat(one_fd, &one) == 0 && fstat(other_fd, &other) == 0 &&
	       one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

/* Opens the folder that the bundle goes into; nothing of that name may be there. */
static int open_place(const struct store *store, char *folder, const char *name, const char *output,
	int *fd_r, struct problem *why)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	*fd_r = fd;
	if (fd < 0)
		return problem_set(
			why, -errno, "cannot make %s: %s: %s", output, folder, strerror(errno));
	if (is_same_folder(fd, store->dir_fd))
		return problem_set(
			why, -EINVAL, "%s would be part of the run: name another --output", output);
	if (faccessat(fd, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		return problem_set(why, -EEXIST,
			"%s is there already and is left as it is: name another --output", output);
	return 0;
}

/* Under a temporary name first: a bundle that is there is whole. */
static int write_at(const struct bundle_module *module, const struct store *store,
	const struct files *files, const json_t *run, const char *top, int folder_fd,
	const char *name, const char *output, struct bundle_contents *contents, struct problem *why)
{
	char temporary[NAME_MAX + 1];
	int fd, r;

	if (snprintf(temporary, sizeof(temporary), ".%s.new", name) > NAME_MAX)
		return problem_set(why, -ENAMETOOLONG, "%s: the name is too long", output);
	fd = openat(
		folder_fd, temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd < 0)
		return problem_set(why, -errno, "cannot make %s: %s", output, strerror(errno));
	r = module->write(store->dir_fd, files, top, began_at(run), fd, contents, why);
	if (r == 0 && fsync(fd) < 0)
		r = problem_set(why, -errno, "cannot write %s: %s", output, strerror(errno));
	if (close(fd) < 0 && r == 0)
		r = problem_set(why, -errno, "cannot write %s: %s", output, strerror(errno));
	if (r == 0 && renameat2(folder_fd, temporary, folder_fd, name, RENAME_NOREPLACE) < 0)
		r = problem_set(why, -errno, "cannot make %s: %s", output, strerror(errno));
	if (r == 0)
		fsync(folder_fd);
	else
		unlinkat(folder_fd, temporary, 0);
	return r;
}

static int make(const struct bundle_module *module, const struct store *store, const json_t *run,
	const json_t *plan, struct problem *why)
{
	char top[FILES_PATH_MAX / 2], output[PATH_MAX], folder[PATH_MAX], name[PATH_MAX];
	struct bundle_contents contents = { 0 };
	struct files files = { 0 };
	int fd = -1, r;

	name_top(run, plan, top, sizeof(top));
	if (given.output)
		r = snprintf(output, sizeof(output), "%s", given.output);
	else
		r = snprintf(output, sizeof(output), "%s.tar.zst", top);
	if (r >= (int)sizeof(output))
		return problem_set(why, -EINVAL, "--output: the name is too long");
	memcpy(folder, output, sizeof(folder));
	memcpy(name, output, sizeof(name));
	r = open_place(store, dirname(folder), basename(name), output, &fd, why);
	if (r == 0)
		r = files_list(store->dir_fd, not_bundled, &files, why);
	if (r == 0) {
		memcpy(name, output, sizeof(name));
		r = write_at(module, store, &files, run, top, fd, basename(name), output, &contents,
			why);
	}
	if (r == 0)
		printf("%s: %zu files, %" PRIu64 " bytes, in %s/\n", output, contents.files,
			contents.bytes, contents.top);
	files_free(&files);
	if (fd >= 0)
		close(fd);
	return r;
}

static int check(const struct bundle_module *module, const char *path, struct problem *why)
{
	struct bundle_contents contents = { 0 };
	struct problem inner = { 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), r;

	if (fd < 0)
		return problem_set(why, -errno, "cannot read %s: %s", path, strerror(errno));
	r = module->check(fd, &contents, &inner);
	if (r < 0)
		problem_set(why, r, "%s: %s", path, inner.text);
	else
		printf("%s: whole: %zu files, %" PRIu64 " bytes, in %s/\n", path, contents.files,
			contents.bytes, contents.top);
	close(fd);
	return r;
}

static int run(int argc, char **argv)
{
	json_t *stored_run = NULL, *plan = NULL;
	const struct bundle_module *module;
	struct store store = STORE_NONE;
	struct problem why = { 0 };
	int r;

	if (argc != 1 || (given.check && given.output)) {
		problem_set(&why, 0, "name one run directory, or with --check one bundle alone");
		return command_fail(&command_bundle, EXIT_USAGE, &why);
	}
	module = load(&why);
	if (!module)
		return command_fail(&command_bundle, EXIT_NO_ANSWER, &why);
	if (given.check) {
		r = check(module, argv[0], &why);
	} else {
		r = store_open(argv[0], false, &store, &stored_run, &plan, &why);
		if (r == 0)
			r = store_hold(&store, &why);
		if (r == 0)
			r = make(module, &store, stored_run, plan, &why);
	}
	json_decref(plan);
	json_decref(stored_run);
	store_close(&store);
	return r < 0 ? command_fail(&command_bundle, command_status(r), &why) : 0;
}

const struct command command_bundle = {
	.name = "bundle",
	.arguments = "DIR|FILE",
	.summary = "a run directory as one file, for keeping and mailing",
	.description =
		"Writes the run directory DIR into one .tar.zst, with the SHA-256 of every file in it;\n"
		"the same run gives the same bytes. Refused while a run writes there. Unpacked by tar,\n"
		"it is a run directory again: `igd-harness judge` works as before. With --check, DIR is\n"
		"a bundle: is every file there and as it was? Exit status: 0 done or whole, 2 wrong\n"
		"usage or not whole, 3 it could not be read or written.",
	.options = options,
	.run = run,
};
