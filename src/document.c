#include "src/document.h"

#include <errno.h>
#include <string.h>

/* jansson quotes what it could not parse, and that may come from a guest. */
static void clean(char *text)
{
	for (; *text; text++) {
		if (*text < 0x20 || *text > 0x7e)
			*text = '?';
	}
}

int document_check(const json_t *document, const char *format, int version, struct problem *why)
{
	const char *name = json_string_value(json_object_get(document, "format"));
	const json_t *number = json_object_get(document, "version");

	if (!name || strcmp(name, format) != 0)
		return problem_set(why, -EINVAL, "not a document of format \"%s\"", format);
	if (!json_is_integer(number) || json_integer_value(number) < 1)
		return problem_set(
			why, -EINVAL, "\"version\" of the %s is not a whole number from 1", format);
	if (json_integer_value(number) > version)
		return problem_set(why, -EPROTO,
			"the %s is of version %" JSON_INTEGER_FORMAT
			", this program knows versions up to %d: use a newer igd-harness",
			format, json_integer_value(number), version);
	return 0;
}

int document_parse(const char *text, size_t length, const char *format, int version,
	json_t **document_r, struct problem *why)
{
	json_error_t error;
	json_t *document = json_loadb(text, length, JSON_REJECT_DUPLICATES, &error);
	int r;

	if (!document) {
		clean(error.text);
		return problem_set(why, -EINVAL, "not JSON: line %d, column %d: %s", error.line,
			error.column, error.text);
	}
	r = document_check(document, format, version, why);
	if (r == 0)
		*document_r = json_incref(document);
	json_decref(document);
	return r;
}

json_t *document_new(const char *format, int version)
{
	return json_pack("{s:s, s:i}", "format", format, "version", version);
}

const char *document_text(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

bool document_has(const json_t *array, const json_t *value)
{
	const json_t *entry;
	size_t i;

	json_array_foreach(array, i, entry)
	{
		if (json_equal(entry, value))
			return true;
	}
	return false;
}

bool document_has_text(const json_t *array, const char *text)
{
	const json_t *entry;
	size_t i;

	json_array_foreach(array, i, entry)
	{
		if (json_is_string(entry) && strcmp(json_string_value(entry), text) == 0)
			return true;
	}
	return false;
}

char *document_dump(const json_t *value, size_t flags)
{
	return value ? json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | flags)
		     : strdup("nothing");
}

char *document_shown(const json_t *value)
{
	if (json_is_string(value))
		return strdup(json_string_value(value));
	return document_dump(json_is_null(value) ? NULL : value, JSON_ENSURE_ASCII);
}

void document_count(json_t *counts, const char *key)
{
	json_int_t n = json_integer_value(json_object_get(counts, key));

	json_object_set_new(counts, key, json_integer(n + 1));
}
