/*
 * edid_parse(), fed with anything. The checksum is also put right, or hardly an input would pass
 * it.
 */
#include <stdlib.h>
#include <string.h>

#include "src/edid.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void parse(const uint8_t *bytes, size_t length)
{
	struct edid edid;

	if (edid_parse(bytes, length, &edid))
		return;
	/* What the header promises: text that ends and is printable. */
	for (const char *c = edid.name; *c; c++) {
		if (*c < 0x20 || *c > 0x7e || c - edid.name >= (long)sizeof(edid.name))
			abort();
	}
	if (strlen(edid.vendor) != 3)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t block[EDID_BLOCK] = { 0 };
	uint8_t sum = 0;

	parse(data, size);
	if (size < EDID_BLOCK)
		return 0;
	memcpy(block, data, sizeof(block));
	for (size_t i = 0; i < EDID_BLOCK - 1; i++)
		sum = (uint8_t)(sum + block[i]);
	block[EDID_BLOCK - 1] = (uint8_t)-sum;
	parse(block, sizeof(block));
	return 0;
}
