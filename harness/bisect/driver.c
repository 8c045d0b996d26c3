#include "harness/bisect/driver.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/build_version.h"
#include "harness/bisect/last_pair.h"
#include "harness/bisect/packages.h"
#include "src/document.h"

/* Directories and packages: a list of points made of names and folders, as {"name", "folder"}. */
static int search_folders(struct bisect_driver *driver, const json_t *folders, struct problem *why)
{
	size_t count = json_array_size(folders), i;
	struct bisect_point *points = calloc(count, sizeof(*points));
	const json_t *folder;
	int r;

	if (!points)
		return -ENOMEM;
	json_array_foreach(folders, i, folder) points[i] =
		(struct bisect_point){ document_text(folder, "name"),
			json_object_get(folder, "values"), document_text(folder, "folder") };
	json_object_set_new(driver->result, "good", json_pack("[s]", points[0].name));
	json_object_set_new(driver->result, "bad", json_string(points[count - 1].name));
	r = bisect_ends(driver, points, 1, &points[count - 1], why);
	if (r == 1)
		r = bisect_list(driver, points, count, why);
	free(points);
	return r < 0 ? r : 0;
}

static json_t *folder_of(const char *name, const char *folder)
{
	return json_pack(
		"{s:s, s:s, s:{s:s}}", "name", name, "folder", folder, "values", "revision", name);
}

static int search_directories(
	struct bisect_driver *driver, const struct string_list *directories, struct problem *why)
{
	json_t *folders = json_array();
	int r = 0;

	for (size_t i = 0; i < directories->count && r == 0; i++) {
		char *path = realpath(directories->texts[i], NULL);

		if (!path)
			r = problem_set(
				why, -ENOENT, "there is no directory %s", directories->texts[i]);
		else
			json_array_append_new(folders, folder_of(directories->texts[i], path));
		free(path);
	}
	if (r == 0 && directories->count < 2)
		r = problem_set(why, -EINVAL, "give at least two directories, the oldest first");
	if (r == 0)
		r = search_folders(driver, folders, why);
	json_decref(folders);
	return r;
}

/* All are unpacked before the first is tested: a package that cannot be is no revision that cannot
 * be tested. */
static int search_packages(
	struct bisect_driver *driver, const struct bisect_range *range, struct problem *why)
{
	json_t *versions = NULL, *folders = json_array();
	const char *state = driver->session->state.dir;
	const json_t *version;
	char folder[PATH_MAX];
	size_t i;
	int r = bisect_packages_list(range->packages, range->package, &versions, why);

	snprintf(folder, sizeof(folder), "%s/unpacked", state);
	if (r == 0 && mkdir(folder, 0755) < 0 && errno != EEXIST)
		r = problem_set(why, -errno, "cannot make %s: %s", folder, strerror(errno));
	json_array_foreach(versions, i, version)
	{
		const char *name = document_text(version, "version");

		if (r < 0)
			break;
		snprintf(folder, sizeof(folder), "%s/unpacked/%s", state, name);
		r = bisect_packages_unpack(version, folder, why);
		json_array_append_new(folders, folder_of(name, folder));
	}
	if (r == 0)
		r = search_folders(driver, folders, why);
	json_decref(versions);
	json_decref(folders);
	return r;
}

static json_t *new_document(const struct bisect_session *session, const char *kind)
{
	json_t *result = document_new(DOCUMENT_BISECTION, DOCUMENT_VERSION);

	json_object_set_new(result, "harness", json_string(build_version()));
	json_object_set_new(result, "outcome", json_string("stopped"));
	json_object_set_new(result, "why", json_string(""));
	json_object_set_new(result, "kind", json_string(kind));
	json_object_set(result, "matrix", json_object_get(session->plan, "matrix"));
	json_object_set_new(result, "signature",
		session->signature ? json_incref(session->signature) : json_array());
	json_object_set_new(result, "good", json_array());
	json_object_set_new(result, "bad", json_string(""));
	json_object_set_new(result, "candidates", json_integer(0));
	json_object_set_new(result, "steps", json_array());
	json_object_set_new(result, "first_bad", json_array());
	json_object_set_new(result, "guilty", json_array());
	return result;
}

int bisect_driver_run(struct bisect_session *session, const struct bisect_range *range,
	json_t **result_r, struct problem *why)
{
	const char *kind = range->git                 ? "git"
			   : range->packages          ? "packages"
			   : range->directories.count ? "directories"
						      : "tuple";
	struct bisect_driver driver = {
		.session = session, .phase = "ends", .result = new_document(session, kind)
	};
	int r;

	if (!!range->git + !!range->packages + !!range->directories.count + !!range->parts.count !=
		1)
		r = problem_set(why, -EINVAL,
			"give exactly one of --git, --packages, --directory and --part");
	else if (range->git)
		r = bisect_commits(&driver, range, why);
	else if (range->packages)
		r = search_packages(&driver, range, why);
	else if (range->directories.count)
		r = search_directories(&driver, &range->directories, why);
	else
		r = bisect_tuple(&driver, &range->parts, why);
	if (r == 0)
		r = bisect_compare(session, driver.result, why);
	if (r < 0)
		json_decref(driver.result);
	else
		*result_r = driver.result;
	return r;
}
