#include "harness/qualify/collect.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/below/below.h"
#include "harness/base/digest.h"
#include "harness/base/fileio.h"
#include "harness/base/run_files.h"
#include "harness/base/shape/shape.h"
#include "harness/bundle/file.h"
#include "harness/judge/stored_run.h"
#include "harness/matrix/matrix.h"
#include "harness/plan/plan.h"
#include "src/document.h"

#define RELEASE_MAX 64 /* bytes of a release's name, with its end */

/*
 * Takes "RELEASE=" off a text, if that is how it begins: a path with a "=" in it has a "/" before
 * that, or is given one. Without it the release is the last part of the path.
 */
static int split(const char *text, bool may_lack, char release[static RELEASE_MAX],
	const char **path_r, struct problem *why)
{
	size_t length = strcspn(text, "=/"), begin = 0;

	*path_r = text;
	if (text[length] == '=') {
		*path_r = text + length + 1;
	} else if (may_lack) {
		for (length = strlen(text); length > 1 && text[length - 1] == '/'; length--)
			;
		for (begin = length; begin > 0 && text[begin - 1] != '/'; begin--)
			;
		length -= begin;
	} else {
		length = 0;
	}
	if (length == 0 || length >= RELEASE_MAX || !**path_r)
		return problem_set(
			why, -EINVAL, "\"%.100s\" names no release: write RELEASE=PATH", text);
	memcpy(release, text + begin, length);
	release[length] = '\0';
	for (const char *c = release; *c; c++)
		if (!isgraph((unsigned char)*c))
			return problem_set(why, -EINVAL,
				"\"%.100s\" does not begin with the name of a release", text);
	return 0;
}

int qualify_read(const char *path, const char *format, json_t **document_r, struct problem *why)
{
	char *text = NULL;
	size_t length = 0;
	bool more = false;
	struct problem inner = { "" };
	int r = fileio_read_head(AT_FDCWD, path, QUALIFY_FILE_MAX, &text, &length, &more, &inner);

	if (r == 0 && more)
		r = problem_set(&inner, -EINVAL, "it is longer than any such document");
	if (r == 0)
		r = shape_parse(text, length, format, document_r, &inner);
	if (r < 0)
		problem_set(why, r, "%.200s: %s", path, inner.text[0] ? inner.text : strerror(-r));
	free(text);
	return r;
}

static int read_named(const struct string_list *list, const char *format, const char *option,
	json_t *into, bool host, struct problem *why)
{
	char release[RELEASE_MAX];
	json_t *document = NULL;
	const char *path;
	int r = 0;

	for (size_t i = 0; i < list->count && r == 0; i++) {
		r = split(list->texts[i], false, release, &path, why);
		if (r == 0 && json_object_get(into, release))
			r = problem_set(why, -EINVAL, "--%s names %s twice", option, release);
		if (r == 0)
			r = qualify_read(path, format, &document, why);
		if (r == 0)
			r = json_object_set_new(into, release,
				host ? json_pack("{s:o, s:b}", "document", document, "from_run",
					       false)
				     : document);
	}
	return r;
}

static int read_bundle(
	const struct bundle_module *module, const char *path, json_t *bundles, struct problem *why)
{
	struct bundle_contents contents = { 0 };
	const char *slash = strrchr(path, '/');
	struct problem inner = { "" };
	char sha256[DIGEST_TEXT_MAX];
	uint64_t bytes = 0;
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), r = 0;

	if (fd < 0)
		return problem_set(why, -errno, "cannot read %.200s: %s", path, strerror(errno));
	fd = below_plain(fd, &st);
	if (fd < 0)
		return problem_set(why, fd, "cannot read %.200s: %s", path, below_error(fd));
	/* Checked before it is hashed: hashing 20 GiB that are no bundle takes minutes. */
	r = module->check(fd, &contents, &inner);
	if (r == 0 && lseek(fd, 0, SEEK_SET) < 0)
		r = -errno;
	if (r == 0)
		r = digest_fd(fd, sha256, &bytes);
	close(fd);
	if (r < 0)
		return problem_set(
			why, r, "%.200s: %s", path, inner.text[0] ? inner.text : strerror(-r));
	return json_array_append_new(bundles,
		       json_pack("{s:s, s:s, s:I, s:I, s:s}", "file", slash ? slash + 1 : path,
			       "sha256", sha256, "bytes", (json_int_t)bytes, "files",
			       (json_int_t)contents.files, "run_sha256", contents.run_sha256)) < 0
		       ? -ENOMEM
		       : 0;
}

static int read_bundles(const struct string_list *list, json_t *bundles, struct problem *why)
{
	const struct bundle_module *module = list->count > 0 ? bundle_load(why) : NULL;
	int r = list->count > 0 && !module ? -EIO : 0;

	for (size_t i = 0; i < list->count && r == 0; i++)
		r = read_bundle(module, list->texts[i], bundles, why);
	return r;
}

/* The plans of --matrix, by the names of the matrices. */
static int read_matrices(const struct string_list *list, json_t *plans, struct problem *why)
{
	json_t *plan = NULL;
	int r = 0;

	for (size_t i = 0; i < list->count && r == 0; i++) {
		r = matrix_plan(list->texts[i], NULL, &plan, why);
		if (r == 0 &&
			json_object_set_new(plans,
				document_text(json_object_get(plan, "matrix"), "name"), plan) < 0)
			r = -ENOMEM;
	}
	return r;
}

/* The whole plan of a run's matrix: by --matrix, else as it was frozen. A new reference. */
static int whole_plan(const struct stored_run *stored, const json_t *plans, bool *given_r,
	json_t **plan_r, struct problem *why)
{
	const char *name = document_text(json_object_get(stored->stored_plan, "matrix"), "name");
	json_t *plan = json_object_get(plans, name);

	*given_r = plan;
	if (plan) {
		*plan_r = json_copy(plan);
		return *plan_r ? 0 : -ENOMEM;
	}
	return matrix_plan_of_run(stored->store.dir_fd, stored->store.dir, NULL, plan_r, why);
}

/* The names of the cells of the whole that the run was not told to run. */
static json_t *unrun_of(const json_t *whole, const json_t *stored)
{
	json_t *places = plan_places(stored), *names = json_array(), *cell;
	size_t i;

	json_array_foreach(json_object_get(whole, "cells"), i, cell)
	{
		if (plan_place(places, document_text(cell, "name")) < 0)
			json_array_append(names, json_object_get(cell, "name"));
	}
	json_decref(places);
	return names;
}

static int hash_run(
	const struct stored_run *stored, char sha256[static DIGEST_TEXT_MAX], struct problem *why)
{
	int fd = below_read(stored->store.dir_fd, "run.json", FILEIO_MAX, NULL);
	uint64_t bytes;
	int r = fd < 0 ? fd : digest_fd(fd, sha256, &bytes);

	if (fd >= 0)
		close(fd);
	return r < 0 ? problem_set(why, r, "cannot read %.200s/run.json: %s", stored->store.dir,
			       strerror(-r))
		     : 0;
}

/* What the run recorded of its host, for a release of which nobody named a document. */
static int add_host(
	const struct stored_run *stored, const char *release, json_t *hosts, struct problem *why)
{
	json_t *document = NULL;
	int r;

	if (json_object_get(hosts, release))
		return 0;
	r = fileio_read_json(stored->store.dir_fd, HOST_FILE, DOCUMENT_HOST, &document, why);
	if (r == -ENOENT)
		return 0;
	if (r == 0)
		r = json_object_set_new(hosts, release,
			json_pack("{s:o, s:b}", "document", document, "from_run", true));
	return r;
}

static int add_run(const struct stored_run *stored, const char *release, const json_t *whole,
	struct qualify_collected *collected, struct problem *why)
{
	char sha256[DIGEST_TEXT_MAX];
	int r = hash_run(stored, sha256, why);

	if (r == 0)
		r = add_host(stored, release, collected->hosts, why);
	if (r == 0 && json_array_append_new(collected->runs,
			      json_pack("{s:s, s:O, s:O?, s:s, s:o}", "release", release,
				      "findings", stored->findings, "settings",
				      json_object_get(stored->run, "settings"), "sha256", sha256,
				      "unrun", unrun_of(whole, stored->stored_plan))) < 0)
		r = -ENOMEM;
	return r;
}

static int read_run(const char *text, const json_t *plans, struct qualify_collected *collected,
	struct problem *why)
{
	struct stored_run stored = STORED_RUN_NONE;
	struct stored_run_options by = { 0 };
	char release[RELEASE_MAX];
	json_t *whole = NULL;
	bool given = false;
	const char *dir;
	int r = split(text, true, release, &dir, why);

	if (r == 0)
		r = stored_run_open(dir, &by, &stored, why);
	if (r == 0)
		r = whole_plan(&stored, plans, &given, &whole, why);
	if (r == 0 && given) {
		json_decref(stored.plan);
		stored.plan = json_copy(whole);
		r = plan_keep(stored.plan, stored.stored_plan);
	}
	if (r == 0)
		r = stored_run_judge(&stored, why);
	if (r == 0)
		r = add_run(&stored, release, whole, collected, why);
	json_decref(whole);
	stored_run_close(&stored);
	return r;
}

int qualify_collect(
	const struct qualify_given *given, struct qualify_collected *collected, struct problem *why)
{
	json_t *plans = json_object();
	int r;

	*collected = (struct qualify_collected){ json_array(), json_object(), json_object(),
		json_array() };
	r = read_named(given->hosts, DOCUMENT_HOST, "host", collected->hosts, true, why);
	if (r == 0)
		r = read_named(given->abis, DOCUMENT_ABI, "abi", collected->abis, false, why);
	if (r == 0)
		r = read_matrices(given->matrices, plans, why);
	for (size_t i = 0; i < given->count && r == 0; i++)
		r = read_run(given->runs[i], plans, collected, why);
	if (r == 0)
		r = read_bundles(given->bundles, collected->bundles, why);
	json_decref(plans);
	return r;
}

void qualify_collected_free(struct qualify_collected *collected)
{
	json_decref(collected->runs);
	json_decref(collected->hosts);
	json_decref(collected->abis);
	json_decref(collected->bundles);
	*collected = (struct qualify_collected){ NULL };
}
