#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "src/stored.h"

/* Any bytes as the place of a report: what is taken has one form, and its pages are those of its
 * length. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	char text[STORED_TEXT_MAX + 1];
	struct stored stored;

	if (stored_read((const char *)bytes, length, &stored))
		return 0;
	if (stored.length == 0 || stored.length > WIRE_MESSAGE_MAX ||
		stored.count != stored_count(stored.length))
		abort();
	if (stored_write(&stored, text) != (int)length || memcmp(text, bytes, length) != 0)
		abort();
	return 0;
}
