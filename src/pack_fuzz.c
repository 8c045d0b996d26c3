#include <stdint.h>
#include <stdlib.h>

#include "src/pack.h"

#define MAX 100000

/* Any bytes as a packed message: the bound holds. The sanitizers watch the memory. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	char *text = NULL;
	size_t unpacked = 0;

	if (unpack((const char *)bytes, length, MAX, &text, &unpacked) < 0)
		return 0;
	if (unpacked > MAX || text[unpacked])
		abort();
	free(text);
	return 0;
}
