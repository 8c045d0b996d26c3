#include "harness/bundle/record_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/bundle/bundle.h"
#include "harness/bundle/file.h"

/* By how a file begins: RFC 1952, 2.3.1; bzip2; the .xz format, 2.1.1.1; RFC 8878, 3.1.1. */
static const struct {
	const char *bytes;
	size_t length;
} magics[] = { { "\x1f\x8b", 2 }, { "BZh", 3 }, { "\xfd\x37zXZ", 5 }, { "\x28\xb5\x2f\xfd", 4 } };

static bool is_packed(const struct record *record)
{
	for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++) {
		if (record->length >= magics[i].length &&
			memcmp(record->text, magics[i].bytes, magics[i].length) == 0)
			return true;
	}
	return false;
}

static int unpack(const struct record *packed, struct record *record_r, struct problem *why)
{
	struct problem inner = { 0 };
	const struct bundle_module *module = bundle_load(&inner);
	struct record record = { .name = packed->name };
	int r;

	if (!module)
		return problem_set(why, -EINVAL,
			"%s is compressed, and this program cannot unpack it (%.200s): unpack it first",
			packed->name, inner.text);
	r = module->decompress(packed->text, packed->length, RECORD_MAX, &record.text,
		&record.length, &record.cut, &inner);
	if (r < 0)
		return problem_set(
			why, r, "%s cannot be unpacked: %.200s", packed->name, inner.text);
	record.cut = record.cut || packed->cut;
	*record_r = record;
	return 0;
}

int record_file_read(const char *name, struct record *record_r, struct problem *why)
{
	struct record packed = { 0 };
	int r = record_read(name, &packed, why);

	if (r < 0)
		return r;
	if (!is_packed(&packed)) {
		*record_r = packed;
		return 0;
	}
	r = unpack(&packed, record_r, why);
	record_free(&packed);
	return r;
}
