/* vbt_parse(), fed with anything. */
#include <stdint.h>

#include "src/vbt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vbt vbt;

	vbt_parse(data, size, &vbt);
	return vbt.count > VBT_CHILDREN_MAX || vbt.bytes > size;
}
