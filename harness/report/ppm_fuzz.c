/* Any bytes as a picture of a screen: what comes back is a PNG, or nothing. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "harness/report/ppm.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char signature[] = "\x89PNG\r\n\x1a\n"; /* PNG, 5.2 */
	char *png = NULL;
	size_t length = 0;
	int r = ppm_to_png((const char *)data, size, &png, &length);

	if (r == 0 &&
		(length < sizeof(signature) || memcmp(png, signature, sizeof(signature) - 1) != 0))
		abort();
	if (r < 0 && png)
		abort();
	free(png);
	return 0;
}
