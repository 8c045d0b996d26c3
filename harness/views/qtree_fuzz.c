/*
 * Any bytes as QEMU's tree: what comes back is bounded, and every text of it of a form that can be
 * shown and compared.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "harness/views/private.h"
#include "src/document.h"
#include "src/report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const json_t *function)
{
	const char *text, *key;
	json_t *value;
	struct bdf bdf;

	if (bdf_parse(document_text(function, "address"), &bdf) < 0 || bdf.bus || bdf.domain ||
		strlen(document_text(function, "ids")) != strlen("8086:1237"))
		abort();
	if (json_object_size(json_object_get(function, "bars")) > 7)
		abort();
	json_object_foreach(json_object_get(function, "bars"), key, value)
	{
		if (!json_is_null(value) && json_string_length(value) != strlen("0x") + 16)
			abort();
	}
	json_object_foreach((json_t *)function, key, value)
	{
		text = json_is_string(value) ? json_string_value(value) : "";
		if (strlen(text) >= VIEW_WORD_MAX)
			abort();
		for (; *text; text++) {
			if (*text <= ' ' || *text > '~')
				abort();
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_t *functions = view_qtree_functions((const char *)data, size);
	json_t *view = view_of_qtree((const char *)data, size);
	const json_t *function;
	size_t i;

	if (!functions || !view || json_array_size(functions) > REPORT_FUNCTIONS_MAX ||
		json_object_size(view) > REPORT_FUNCTIONS_MAX + 8)
		abort();
	json_array_foreach(functions, i, function) check(function);
	json_decref(functions);
	json_decref(view);
	return 0;
}
