/* Any text, read with and without json_read(): both have to say the same. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "src/json_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void same_text(const json_t *a, const json_t *b)
{
	char *first = json_dumps(a, JSON_ENCODE_ANY), *second = json_dumps(b, JSON_ENCODE_ANY);

	if (!first || !second || strcmp(first, second) != 0)
		abort();
	free(first);
	free(second);
}

/* What a value is that has bytes behind it. */
static void try_value(const char *text, size_t size)
{
	size_t used = 0;
	json_t *value = json_read_value(text, size, &used), *wanted;

	if (!value)
		return;
	if (used > size)
		abort();
	wanted = json_loadb(text, used, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, NULL);
	same_text(value, wanted);
	json_decref(value);
	json_decref(wanted);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_error_t error = { 0 }, wanted_error = { 0 };
	const char *text = (const char *)data;
	json_t *value = json_read(text, size, JSON_REJECT_DUPLICATES, &error);
	json_t *wanted = json_loadb(text, size, JSON_REJECT_DUPLICATES, &wanted_error);

	if (!value != !wanted || (value && !json_equal(value, wanted)) ||
		(!value && strcmp(error.text, wanted_error.text) != 0))
		abort();
	if (value)
		same_text(value, wanted);
	json_decref(value);
	json_decref(wanted);
	try_value(text, size);
	return 0;
}
