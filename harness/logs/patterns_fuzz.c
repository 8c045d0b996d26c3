/*
 * Any bytes as any log: what comes back is bounded, printable, and a match of some pattern. The
 * first byte says which log it is; the patterns are those that are shipped.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "harness/logs/patterns.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__lsan_default_suppressions(void);

/* As harness/matrix/matrix_fuzz.c: libfyaml itself loses some. */
const char *__lsan_default_suppressions(void)
{
	return "leak:libfyaml.so\n";
}

static void check(const json_t *match, size_t size)
{
	const char *text = json_string_value(json_object_get(match, "text"));
	json_int_t line = json_integer_value(json_object_get(match, "line"));
	json_int_t count = json_integer_value(json_object_get(match, "count"));

	if (!text || !text[0] || strlen(text) > PATTERNS_TEXT_MAX)
		abort();
	for (; *text; text++) {
		if (*text < ' ' || *text > '~')
			abort();
	}
	if (line < 1 || count < 1 || (size_t)(line + count) > size + 2)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct patterns *patterns;
	struct pattern_input input = { .file = "log" };
	const json_t *match;
	json_t *matches;
	size_t i;

	if (!patterns && patterns_load(PATTERNS_DATA, &patterns, NULL) < 0)
		abort();
	if (size < 1)
		return 0;
	input.log = (enum pattern_log)(data[0] % PATTERN_LOGS);
	input.bytes = (const char *)data + 1;
	input.length = size - 1;
	matches = patterns_match(patterns, &input, 1, NULL, NULL);
	if (!matches)
		abort();
	json_array_foreach(matches, i, match) check(match, size);
	json_decref(matches);
	return 0;
}
