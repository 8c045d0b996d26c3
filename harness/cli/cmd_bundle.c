#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "harness/base/clock.h"
#include "harness/base/escape.h"
#include "harness/bundle/bundle.h"
#include "harness/bundle/file.h"
#include "harness/bundle/signature.h"
#include "harness/cli/commands.h"
#include "harness/cli/fail.h"
#include "harness/store/run_dir.h"
#include "src/document.h"

static struct {
	const char *output, *key, *signer;
	bool check;
} opts;

static const struct command_option options[] = {
	{ "output", "FILE.tar.zst",
		"the file to make; it must not exist (default: MATRIX-STARTED.tar.zst\n"
		"                          here)",
		.text = &opts.output },
	{ "sign", "KEY", "sign the bundle with this key of gpg's: FILE.tar.zst.asc",
		.text = &opts.key },
	{ "check", NULL,
		"check the bundle instead, without unpacking it, and the signature beside it",
		.flag = &opts.check },
	{ "signed-by", "FINGERPRINT",
		"with --check: the bundle must have a good signature by this key",
		.text = &opts.signer },
	{ NULL },
};

/* Not part of what was recorded: who writes there, and the manifest of a bundle it came from. */
static const char *const not_bundled[] = { "lock", BUNDLE_MANIFEST, NULL };

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

static int make(const struct bundle_module *module, const struct store *store, const json_t *run,
	const json_t *plan, struct problem *why)
{
	char top[FILE_LIST_PATH_MAX / 2], output[PATH_MAX];
	struct bundle_order order = { store->dir_fd, not_bundled, top, began_at(run) };
	struct bundle_contents contents = { 0 };
	int r;

	name_top(run, plan, top, sizeof(top));
	snprintf(output, sizeof(output), "%s.tar.zst", top);
	r = bundle_make(module, &order, opts.output ? opts.output : output, &contents, why);
	if (r == 0)
		printf("%s: %zu files, %" PRIu64 " bytes, in %s/\n",
			opts.output ? opts.output : output, contents.files, contents.bytes,
			contents.top);
	if (r == 0 && opts.key)
		r = signature_make(opts.output ? opts.output : output, opts.key, why);
	return r;
}

/* A signature that is there must be good; one that is asked for must be there. */
static int check_signature(const char *path, struct problem *why)
{
	struct signature signature;
	int r = signature_check(path, &signature, why);

	if (r < 0)
		return r;
	if (signature.state == SIGNATURE_BAD)
		return problem_set(why, -EINVAL, "%s: the signature is not good: %s", path,
			signature.sentence);
	if (opts.signer && signature.state == SIGNATURE_NONE)
		return problem_set(why, -EINVAL,
			"%s is not signed: there is no %s" SIGNATURE_SUFFIX, path, path);
	if (opts.signer && signature.state == SIGNATURE_UNKNOWN)
		return problem_set(why, -ENOKEY,
			"%s: the signature cannot be verified: %s; gpg --import takes the key",
			path, signature.sentence);
	if (opts.signer && strcasecmp(opts.signer, signature.key) != 0)
		return problem_set(
			why, -EINVAL, "%s: %s, not by %s", path, signature.sentence, opts.signer);
	printf("%s: ", path);
	escape_text(stdout, signature.sentence);
	puts(signature.state == SIGNATURE_UNKNOWN ? ": the signature is not verified" : "");
	return 0;
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
	return r < 0 ? r : check_signature(path, why);
}

static int check_usage(int argc, struct problem *why)
{
	if (argc != 1 || (opts.check && opts.output))
		return problem_set(
			why, -EINVAL, "name one run directory, or with --check one bundle alone");
	if (opts.check ? opts.key != NULL : opts.signer != NULL)
		return problem_set(
			why, -EINVAL, "--sign is for a new bundle, and --signed-by for --check");
	if (opts.signer && !signature_is_fingerprint(opts.signer))
		return problem_set(why, -EINVAL,
			"--signed-by takes the whole fingerprint of a key, without blanks: "
			"gpg --fingerprint prints it");
	return 0;
}

static int run(int argc, char **argv)
{
	json_t *stored_run = NULL, *plan = NULL;
	const struct bundle_module *module;
	struct store store = STORE_NONE;
	struct problem why = { 0 };
	int r;

	if (check_usage(argc, &why) < 0)
		return command_fail(&command_bundle, EXIT_USAGE, &why);
	module = bundle_load(&why);
	if (!module)
		return command_fail(&command_bundle, EXIT_NO_ANSWER, &why);
	if (opts.check) {
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
	return r < 0 ? command_fail(&command_bundle, exit_status_of(r), &why) : 0;
}

const struct command command_bundle = {
	.name = "bundle",
	.arguments = "DIR|FILE",
	.summary = "pack a run directory into one file, to keep or to mail",
	.description =
		"Writes the run directory DIR into one .tar.zst file with the SHA-256 of every file\n"
		"in it. The same run gives the same bytes. A directory in which a run is writing is\n"
		"refused. Unpacked with tar, a bundle is a run directory again: `igd-harness judge`\n"
		"works as before. With --check, DIR is a bundle, and every file in it is checked; so\n"
		"is its signature, if FILE.tar.zst.asc is beside it: by the keys of your gpg.\n"
		"Exit status: 0 done, or the bundle is whole; 2 wrong usage, the bundle is not whole,\n"
		"or its signature is not good or not by the key of --signed-by; 3 a file could not be\n"
		"read or written, or gpg has not the key of --signed-by.",
	.options = options,
	.run = run,
};
