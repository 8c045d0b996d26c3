#include "harness/compare/report_bars.h"

#include <string.h>

#include "src/document.h"

static json_t *functions_of(const json_t *report)
{
	return json_object_get(json_object_get(report, "pci"), "functions");
}

static json_t *find_function(const json_t *report, const char *address)
{
	json_t *function;
	size_t i;

	json_array_foreach(functions_of(report), i, function)
	{
		if (strcmp(document_text(function, "address"), address) == 0)
			return function;
	}
	return NULL;
}

/* "0x0000000000001000" without its zeros, as far as they stand before a digit: "1000". */
static const char *digits(const json_t *bar, const char *key)
{
	const char *text = document_text(bar, key);

	text += strncmp(text, "0x", 2) == 0 ? 2 : 0;
	text += strspn(text, "0");
	return text[0] ? text : "0";
}

/* Those of `bars` that are not in `other`; null if there are none. New reference. */
static json_t *differing(const json_t *bars, const json_t *other)
{
	json_t *text = json_null();
	const json_t *bar;
	size_t i;

	json_array_foreach(bars, i, bar)
	{
		json_t *longer;

		if (document_has(other, bar))
			continue;
		longer = json_sprintf("%s%s%" JSON_INTEGER_FORMAT " %s 0x%s at 0x%s%s",
			json_is_string(text) ? json_string_value(text) : "",
			json_is_string(text) ? ", " : "",
			json_integer_value(json_object_get(bar, "index")),
			document_text(bar, "kind"), digits(bar, "size"), digits(bar, "start"),
			json_is_true(json_object_get(bar, "prefetchable")) ? " prefetchable" : "");
		json_decref(text);
		text = longer;
	}
	return text;
}

static void fold(json_t *function, const json_t *bars, const json_t *other)
{
	if (json_is_array(bars) && (json_array_size(bars) > 0 || json_is_array(other)))
		json_object_set_new(function, "bars", differing(bars, other));
}

/* Either function may be NULL. */
static void fold_both(json_t *a, json_t *b)
{
	json_t *bars_a = json_incref(json_object_get(a, "bars"));
	json_t *bars_b = json_incref(json_object_get(b, "bars"));

	fold(a, bars_a, bars_b);
	fold(b, bars_b, bars_a);
	json_decref(bars_a);
	json_decref(bars_b);
}

void report_bars_fold(json_t *a, json_t *b)
{
	json_t *function;
	size_t i;

	json_array_foreach(functions_of(a), i, function)
		fold_both(function, find_function(b, document_text(function, "address")));
	json_array_foreach(functions_of(b), i, function)
	{
		if (!find_function(a, document_text(function, "address")))
			fold_both(NULL, function);
	}
}
