#include "harness/bisect/step/fingerprint.h"

#include <errno.h>
#include <fts.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/digest.h"
#include "harness/host/identity.h"
#include "harness/process/program.h"
#include "src/document.h"
#include "src/tree.h"
#include "src/xen_version.h"

#define NAME_MAX_LENGTH 64

/* Writes `text` with its {NAME}s replaced. */
static int write_expanded(
	const char *text, const struct bisect_point *point, FILE *stream, struct problem *why)
{
	for (const char *c = text; *c;) {
		const char *end = *c == '{' ? strchr(c, '}') : NULL, *value;
		char name[NAME_MAX_LENGTH];

		if (!end) {
			fputc(*c++, stream);
			continue;
		}
		snprintf(name, sizeof(name), "%.*s", (int)(end - c - 1), c + 1);
		value = json_string_value(json_object_get(point->values, name));
		if (!value)
			return problem_set(why, -EINVAL,
				"\"%.200s\" names {%s}, which is not a part of this bisection",
				name, text);
		fputs(value, stream);
		c = end + 1;
	}
	return 0;
}

int bisect_expand(
	const char *text, const struct bisect_point *point, char **path_r, struct problem *why)
{
	char *expanded = NULL, *path = NULL;
	size_t length = 0;
	FILE *stream = open_memstream(&expanded, &length);
	int r;

	if (!stream)
		return -ENOMEM;
	r = write_expanded(text, point, stream, why);
	fclose(stream);
	if (r == 0 && point->folder && expanded[0] != '/' && strchr(expanded, '/'))
		r = asprintf(&path, "%s/%s", point->folder, expanded) < 0 ? -ENOMEM : 0;
	else if (r == 0) {
		path = expanded;
		expanded = NULL;
	}
	free(expanded);
	*path_r = path;
	return r;
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

/* Adds one entry of a folder: where it is, and what is in it. */
static int add_entry(
	struct sha256_ctx *context, const FTSENT *entry, size_t root_length, struct problem *why)
{
	char text[PATH_MAX] = "";
	ssize_t n;
	int r = 0;

	if (entry->fts_info == FTS_F) {
		r = digest_file(entry->fts_accpath, text, why);
	} else if (entry->fts_info == FTS_SL || entry->fts_info == FTS_SLNONE) {
		n = readlink(entry->fts_accpath, text, sizeof(text) - 1);
		if (n < 0)
			return -errno;
		text[n] = 0;
	} else if (entry->fts_info == FTS_ERR || entry->fts_info == FTS_DNR ||
		   entry->fts_info == FTS_NS) {
		return problem_set(why, -entry->fts_errno, "cannot read %s: %s", entry->fts_path,
			strerror(entry->fts_errno));
	} else {
		return 0;
	}
	sha256_update(context, strlen(entry->fts_path + root_length) + 1,
		(const uint8_t *)entry->fts_path + root_length);
	sha256_update(context, strlen(text) + 1, (const uint8_t *)text);
	return r;
}

/* One SHA-256 of all that is below a folder, which is an absolute path. */
static int digest_folder(char *folder, char text[static DIGEST_TEXT_MAX], struct problem *why)
{
	char *const roots[] = { folder, NULL };
	FTS *fts = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
	struct sha256_ctx context;
	FTSENT *entry;
	int r = fts ? 0 : -errno;

	sha256_init(&context);
	while (r == 0 && (entry = fts_read(fts)))
		r = add_entry(&context, entry, strlen(folder), why);
	if (fts)
		fts_close(fts);
	digest_finish(&context, text);
	return r;
}

static int digest_path(const char *path, char text[static DIGEST_TEXT_MAX], struct problem *why)
{
	char *whole = realpath(path, NULL);
	struct stat st;
	int r;

	if (!whole || stat(whole, &st) < 0)
		r = problem_set(why, -errno, "there is no %s", path);
	else
		r = S_ISDIR(st.st_mode) ? digest_folder(whole, text, why)
					: digest_file(whole, text, why);
	free(whole);
	return r < 0 ? problem_set(why, r, "cannot read %s: %s", path, strerror(-r)) : 0;
}

/* The digest of what `text` names at the point, or null. */
static int add_file(json_t *files, const char *key, const char *text,
	const struct bisect_point *point, struct problem *why)
{
	char sha256[DIGEST_TEXT_MAX], *path = NULL, *found;
	json_t *value = json_null(), *list;
	int r = 0;

	if (text) {
		r = bisect_expand(text, point, &path, why);
		found = r == 0 && !strchr(path, '/') && strcmp(key, "device_model") == 0
				? program_find(path)
				: NULL;
		if (r == 0)
			r = digest_path(found ? found : path, sha256, why);
		free(found);
		free(path);
		value = json_string(r == 0 ? sha256 : "");
	}
	list = json_object_get(files, key);
	if (list)
		json_array_append_new(list, value);
	else
		json_object_set_new(files, key, value);
	return r;
}

int bisect_files(const struct bisect_orders *orders, const struct bisect_point *point,
	json_t **files_r, struct problem *why)
{
	json_t *files = json_object();
	int r = add_file(files, "device_model", orders->device_model, point, why);

	if (r == 0)
		r = add_file(files, "library_path", orders->library_path, point, why);
	if (r == 0)
		r = add_file(files, "modules", orders->modules, point, why);
	if (r == 0)
		r = add_file(files, "replay", orders->replay, point, why);
	json_object_set_new(files, "also", json_array());
	for (size_t i = 0; r == 0 && i < orders->also.count; i++)
		r = add_file(files, "also", orders->also.texts[i], point, why);
	if (r < 0) {
		json_decref(files);
		return r == -ENOTDIR ? -ENOENT : r;
	}
	*files_r = files;
	return 0;
}

json_t *bisect_host(const char *root)
{
	static const char *const telling[] = { "place", "sys_vendor", "product_name", "kernel",
		"cpu", "name", "phantom", "virtual_gpu" };
	json_t *identity = host_identify(root, NULL), *host = json_object();
	char version[XEN_VERSION_MAX];

	for (size_t i = 0; i < sizeof(telling) / sizeof(telling[0]); i++) {
		json_t *value = json_object_get(identity, telling[i]);

		json_object_set(host, telling[i], value ? value : json_null());
	}
	json_decref(identity);
	json_object_set_new(
		host, "xen", xen_version(root, version) == 0 ? json_string(version) : json_null());
	json_object_set_new(host, "xen_build", tree_json(root, "sys/hypervisor/buildid"));
	return host;
}

static json_t *cell_names(const json_t *plan)
{
	json_t *names = json_array();
	const json_t *cell;
	size_t i;

	json_array_foreach(json_object_get(plan, "cells"), i, cell)
		json_array_append(names, json_object_get(cell, "name"));
	return names;
}

json_t *bisect_fingerprint(const struct bisect_orders *orders, const struct bisect_point *point,
	const json_t *plan, const json_t *files, const json_t *guests, const json_t *host)
{
	const json_t *matrix = json_object_get(plan, "matrix");
	const json_t *known = json_object_get(plan, "known");
	json_t *fingerprint = json_pack("{s:O, s:s, s:s, s:s, s:o, s:O, s:O}", "files", files,
		"backend", orders->backend, "accelerator", orders->accelerator, "matrix",
		document_text(matrix, "sha256"), "cells", cell_names(plan), "guests", guests,
		"host", host);

	json_object_set_new(fingerprint, "known",
		known ? json_string(document_text(known, "sha256")) : json_null());
	if (orders->by_digest)
		return fingerprint;
	json_object_set(fingerprint, "values", (json_t *)point->values);
	json_object_set_new(
		fingerprint, "build", orders->build ? json_string(orders->build) : json_null());
	json_object_set_new(
		fingerprint, "run", orders->run ? json_string(orders->run) : json_null());
	return fingerprint;
}

int bisect_check_xen(const struct bisect_point *point, const json_t *host, struct problem *why)
{
	const char *wanted = json_string_value(json_object_get(point->values, "xen"));
	const char *runs = document_text(host, "xen");
	size_t length = wanted ? strlen(wanted) : 0;

	if (!wanted)
		return 0;
	if (strncmp(runs, wanted, length) == 0 && (!runs[length] || runs[length] == '.'))
		return 0;
	return problem_set(why, -ESTALE,
		"Xen cannot be changed on a running host: this step needs %s, and "
		"%s is running; boot that Xen and give the same command again, "
		"which keeps the finished steps (or use --run with a command that "
		"starts a host with that Xen)",
		wanted, runs[0] ? runs : "none");
}
