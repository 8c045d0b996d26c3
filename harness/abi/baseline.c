/* What a series of patches changed: an audit against one that was stored. */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "harness/abi/abi.h"
#include "src/document.h"

/* Is it an audit in which every file could be read? */
static bool is_sound(const json_t *audit)
{
	const json_t *files = json_object_get(audit, "files"), *entry, *symbol;
	size_t i, k;

	json_array_foreach(files, i, entry)
	{
		if (!json_is_string(json_object_get(entry, "file")) ||
			!json_is_array(json_object_get(entry, "unstable")))
			return false;
		json_array_foreach(json_object_get(entry, "unstable"), k, symbol)
		{
			if (!json_is_string(json_object_get(symbol, "name")))
				return false;
		}
	}
	return json_array_size(files) > 0;
}

/* The other audit's file that is meant by this one; NULL if there is none. */
static const json_t *partner(const json_t *files, const json_t *entry, const json_t *others)
{
	const json_t *other;
	size_t i;

	if (json_array_size(files) == 1 && json_array_size(others) == 1)
		return json_array_get(others, 0);
	json_array_foreach(others, i, other)
	{
		if (strcmp(abi_file_name(document_text(other, "file")),
			    abi_file_name(document_text(entry, "file"))) == 0)
			return other;
	}
	return NULL;
}

/* Those symbols of `files` that their partners in `others` have not. NULL without memory. */
static json_t *without(const json_t *files, const json_t *others)
{
	json_t *list = json_array();
	const json_t *entry, *symbol;
	size_t i, k;

	json_array_foreach(files, i, entry)
	{
		json_t *names = abi_file_symbols(partner(files, entry, others));

		json_array_foreach(json_object_get(entry, "unstable"), k, symbol)
		{
			const char *name = document_text(symbol, "name");

			if (json_object_get(names, name))
				continue;
			json_object_set_new(names, name, json_true()); /* once */
			json_array_append_new(list,
				json_pack("{s:O, s:s, s:s}", "file", json_object_get(entry, "file"),
					"name", name, "library", document_text(symbol, "library")));
		}
		json_decref(names);
	}
	return list;
}

int abi_compare(json_t *audit, const json_t *baseline, const char *file, struct problem *why)
{
	const json_t *now = json_object_get(audit, "files");
	const json_t *then = json_object_get(baseline, "files");

	if (!is_sound(baseline))
		return problem_set(why, -EINVAL,
			"%s is not a complete audit: make one with igd-harness abi --json, of "
			"files that can be read",
			file);
	if (json_object_set_new(audit, "baseline",
		    json_pack("{s:s, s:o, s:o}", "file", abi_file_name(file), "new",
			    without(now, then), "gone", without(then, now))) < 0)
		return -ENOMEM;
	return 0;
}

int abi_exit_status(const json_t *audit)
{
	int status =
		json_array_size(json_object_get(json_object_get(audit, "baseline"), "new")) > 0;
	const json_t *entry;
	size_t i;

	json_array_foreach(json_object_get(audit, "files"), i, entry)
	{
		if (json_object_get(entry, "error"))
			return 2;
		if (json_array_size(json_object_get(entry, "faults")) > 0)
			status = 1;
	}
	return status;
}
