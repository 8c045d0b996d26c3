#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/abi/abi.h"
#include "harness/qualify/private.h"
#include "src/document.h"

/* Is each of these documents, by the name of its release, of one that is qualified? */
static int check_releases(
	const struct qualify *qualify, json_t *documents, const char *what, struct problem *why)
{
	const char *name;
	json_t *document;

	json_object_foreach(documents, name, document)
	{
		if (!qualify_find_release(qualify->document, name))
			return problem_set(why, -EINVAL,
				"%s is of the release %.64s, of which no run is named here", what,
				name);
	}
	return 0;
}

/* What stands in the way, or may. */
static json_t *troubles_of(const json_t *document)
{
	json_t *troubles = json_array();
	const json_t *check;
	size_t i;

	json_array_foreach(json_object_get(document, "checks"), i, check)
	{
		const char *verdict = document_text(check, "verdict");

		if (strcmp(verdict, "FAIL") != 0 && strcmp(verdict, "UNKNOWN") != 0)
			continue;
		json_array_append_new(troubles,
			json_pack("{s:s, s:s, s:s, s:s}", "id", document_text(check, "id"),
				"verdict", verdict, "why", document_text(check, "why"), "advice",
				document_text(check, "advice")));
	}
	return troubles;
}

/* Do both have the same versions of Xen, libxl and QEMU? */
static bool is_of_runs(const json_t *release, const json_t *document)
{
	return json_equal(json_object_get(release, "versions"),
		json_object_get(json_object_get(document, "identities"), "versions"));
}

static json_t *describe_host(const json_t *release, const json_t *host)
{
	const json_t *document = json_object_get(host, "document");
	const json_t *identities = json_object_get(document, "identities");
	bool phantom = json_object_get(json_object_get(identities, "host"), "phantom");

	return json_pack("{s:s, s:s, s:O?, s:b, s:b, s:b, s:o}", "release",
		document_text(release, "name"), "verdict", document_text(document, "verdict"),
		"counts", json_object_get(document, "counts"), "phantom", phantom, "from_run",
		json_is_true(json_object_get(host, "from_run")), "is_of_runs",
		is_of_runs(release, document), "troubles", troubles_of(document));
}

int qualify_hosts(const struct qualify *qualify, struct problem *why)
{
	json_t *hosts = json_array(), *host;
	const json_t *release;
	size_t i;
	int r = check_releases(
		qualify, (json_t *)qualify->sources->hosts, "a document of --host", why);

	json_array_foreach(json_object_get(qualify->document, "releases"), i, release)
	{
		host = json_object_get(qualify->sources->hosts, document_text(release, "name"));
		if (host)
			json_array_append_new(hosts, describe_host(release, host));
	}
	json_object_set_new(qualify->document, "preflight", hosts);
	return r;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names that one has and the other has not, sorted; none if there is no other. */
static json_t *names_without(const json_t *one, const json_t *other)
{
	size_t count = json_object_size(one), used = 0;
	const char **names = calloc(count + 1, sizeof(*names)), *name;
	json_t *list = json_array(), *value;

	json_object_foreach((json_t *)one, name, value)
	{
		if (names && other && !json_object_get(other, name))
			names[used++] = name;
	}
	if (names)
		qsort(names, used, sizeof(*names), by_name);
	for (size_t i = 0; i < used; i++)
		json_array_append_new(list, json_string(names[i]));
	free(names);
	return list;
}

/* The unstable libraries, with how many symbols each. */
static json_t *libraries_of(const json_t *file)
{
	json_t *libraries = json_array();
	const json_t *library;
	size_t i;

	json_array_foreach(json_object_get(file, "libraries"), i, library)
	{
		if (json_is_false(json_object_get(library, "stable")))
			json_array_append_new(libraries,
				json_pack("{s:s, s:O?}", "name", document_text(library, "name"),
					"symbols", json_object_get(library, "symbols")));
	}
	return libraries;
}

/* One program of an audit. `before` has the symbols of the release before, NULL: there is none. */
static json_t *describe_abi(
	const json_t *release, const json_t *audit, const json_t *file, const json_t *before)
{
	const char *sha256 = document_text(file, "sha256");
	const char *tested = document_text(json_object_get(release, "device_model"), "sha256");
	json_t *symbols = abi_file_symbols(file);
	json_t *entry = json_pack("{s:s, s:s, s:s, s:b, s:O?, s:O?, s:I, s:o, s:o, s:o, s:O?}",
		"release", document_text(release, "name"), "file",
		abi_file_name(document_text(file, "file")), "sha256", sha256, "is_of_runs",
		sha256[0] && strcmp(sha256, tested) == 0, "xen",
		json_object_get(json_object_get(audit, "xen"), "version"), "error",
		json_object_get(file, "error"), "symbols", (json_int_t)json_object_size(symbols),
		"libraries", libraries_of(file), "new", names_without(symbols, before), "gone",
		before ? names_without(before, symbols) : json_array(), "faults",
		json_object_get(file, "faults"));

	json_decref(symbols);
	return entry;
}

/* The first program of an audit that could be read; else the first. */
static const json_t *program_of(const json_t *audit)
{
	const json_t *files = json_object_get(audit, "files"), *file;
	size_t i;

	json_array_foreach(files, i, file)
	{
		if (!json_object_get(file, "error"))
			return file;
	}
	return json_array_get(files, 0);
}

int qualify_abis(const struct qualify *qualify, struct problem *why)
{
	json_t *abis = json_array(), *audit, *before = NULL;
	const json_t *release, *file;
	size_t i;
	int r = check_releases(
		qualify, (json_t *)qualify->sources->abis, "a document of --abi", why);

	json_array_foreach(json_object_get(qualify->document, "releases"), i, release)
	{
		audit = json_object_get(qualify->sources->abis, document_text(release, "name"));
		file = program_of(audit);
		if (!file)
			continue;
		json_array_append_new(abis, describe_abi(release, audit, file, before));
		if (json_object_get(file, "error"))
			continue;
		json_decref(before);
		before = abi_file_symbols(file);
	}
	json_decref(before);
	json_object_set_new(qualify->document, "abi", abis);
	return r;
}
