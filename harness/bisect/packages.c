#include "harness/bisect/packages.h"

#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/process/guarded_child.h"
#include "src/document.h"

#define WORDS(...) ((char *const[]){ __VA_ARGS__, NULL })

/* The field of a package; the caller frees. NULL with the sentence. */
static char *field(const char *file, const char *name, struct problem *why)
{
	char *said = NULL;
	int r = guarded_child_output(
		WORDS((char *)"dpkg-deb", (char *)"-f", (char *)file, (char *)name), 0, &said, why);

	if (r > 0)
		problem_set(why, -EINVAL, "%.200s is not a package: %s", file, said);
	if (r != 0) {
		free(said);
		return NULL;
	}
	said[strcspn(said, "\n")] = 0;
	return said;
}

/* Is a older than b? 1, 0 or a negative errno. */
static int older(const char *a, const char *b, struct problem *why)
{
	char *said = NULL;
	int r = guarded_child_output(WORDS((char *)"dpkg", (char *)"--compare-versions", (char *)a,
					     (char *)"lt", (char *)b),
		0, &said, why);

	if (r > 1)
		r = problem_set(
			why, -EINVAL, "dpkg cannot compare %.100s and %.100s: %s", a, b, said);
	free(said);
	return r < 0 ? r : r == 0;
}

/* Reads {"package", "version", "file"} of each file. */
static json_t *read_all(const char *dir, struct problem *why)
{
	json_t *all = json_array();
	char pattern[PATH_MAX];
	glob_t found = { 0 };

	snprintf(pattern, sizeof(pattern), "%s/*.deb", dir);
	if (glob(pattern, GLOB_ERR, NULL, &found) != 0)
		problem_set(why, -EINVAL, "there is no package (*.deb) in %s", dir);
	for (size_t i = 0; i < found.gl_pathc && !why->text[0]; i++) {
		char *package = field(found.gl_pathv[i], "Package", why);
		char *version = package ? field(found.gl_pathv[i], "Version", why) : NULL;

		if (version)
			json_array_append_new(
				all, json_pack("{s:s, s:s, s:s}", "package", package, "version",
					     version, "file", found.gl_pathv[i]));
		free(package);
		free(version);
	}
	globfree(&found);
	if (!why->text[0])
		return all;
	json_decref(all);
	return NULL;
}

/* The package whose versions are meant. */
static const char *choose(const json_t *all, const char *named, struct problem *why)
{
	const char *only = document_text(json_array_get(all, 0), "package");
	const json_t *one;
	size_t i;

	if (named)
		return named;
	json_array_foreach(all, i, one)
	{
		if (strcmp(document_text(one, "package"), only) != 0) {
			problem_set(why, -EINVAL,
				"the folder has several packages, %.100s and %.100s: choose one "
				"with --package",
				only, document_text(one, "package"));
			return NULL;
		}
	}
	return only;
}

/* Where a version belongs in the list; -EINVAL if it is there. */
static ssize_t place(const json_t *versions, const char *version, struct problem *why)
{
	size_t low = 0, high = json_array_size(versions);

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const char *other = document_text(json_array_get(versions, middle), "version");
		int before;

		if (strcmp(other, version) == 0)
			return problem_set(
				why, -EINVAL, "version %.100s occurs more than once", version);
		before = older(other, version, why);
		if (before < 0)
			return before;
		if (before)
			low = middle + 1;
		else
			high = middle;
	}
	return (ssize_t)low;
}

static json_t *files_of(const json_t *all, const char *version)
{
	json_t *files = json_array();
	const json_t *one;
	size_t i;

	json_array_foreach(all, i, one)
	{
		if (strcmp(document_text(one, "version"), version) == 0)
			json_array_append(files, json_object_get(one, "file"));
	}
	return files;
}

int bisect_packages_list(
	const char *dir, const char *package, json_t **versions_r, struct problem *why)
{
	json_t *all = read_all(dir, why), *versions = json_array();
	const char *chosen = all ? choose(all, package, why) : NULL;
	const json_t *one;
	ssize_t at = 0;
	size_t i;

	json_array_foreach(all, i, one)
	{
		const char *version = document_text(one, "version");

		if (!chosen || at < 0 || strcmp(document_text(one, "package"), chosen) != 0)
			continue;
		at = place(versions, version, why);
		if (at >= 0)
			json_array_insert_new(versions, (size_t)at,
				json_pack("{s:s, s:o}", "version", version, "files",
					files_of(all, version)));
	}
	if (chosen && at >= 0 && json_array_size(versions) < 2)
		at = problem_set(why, -EINVAL,
			"there are fewer than two versions of %.100s in %.200s", chosen, dir);
	json_decref(all);
	if (!chosen || at < 0) {
		json_decref(versions);
		return chosen ? (int)at : -EINVAL;
	}
	*versions_r = versions;
	return 0;
}

int bisect_packages_unpack(const json_t *version, const char *folder, struct problem *why)
{
	char fresh[PATH_MAX], *said = NULL;
	const json_t *file;
	size_t i;
	int r;

	if (access(folder, F_OK) == 0)
		return 0;
	snprintf(fresh, sizeof(fresh), "%s.new", folder);
	r = guarded_child_output(WORDS((char *)"rm", (char *)"-rf", fresh), 0, &said, why);
	free(said);
	json_array_foreach(json_object_get(version, "files"), i, file)
	{
		if (r != 0)
			break;
		r = guarded_child_output(WORDS((char *)"dpkg-deb", (char *)"-x",
						 (char *)json_string_value(file), fresh),
			0, &said, why);
		if (r > 0)
			problem_set(why, -EIO, "cannot unpack %.200s: %s", json_string_value(file),
				said);
		free(said);
	}
	if (r == 0 && rename(fresh, folder) < 0)
		return problem_set(why, -errno, "cannot make %s: %s", folder, strerror(errno));
	return r > 0 ? -EIO : r;
}
