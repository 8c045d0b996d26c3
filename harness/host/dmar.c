#include "harness/host/dmar.h"

#include <errno.h>

#define AT_LENGTH   4 /* of the ACPI header */
#define AT_FLAGS    37
#define HEADER_SIZE 48

/* Remapping structures, 8.2 to 8.4. */
#define TYPE_DRHD      0
#define TYPE_RMRR      1
#define AT_SEGMENT     6
#define AT_BASE        8
#define AT_LIMIT       16
#define RMRR_SIZE      24
#define SCOPE_SIZE     6 /* without its path */
#define AT_SCOPE_BUS   5
#define SCOPE_ENDPOINT 1

static uint16_t read_u16(const uint8_t *bytes)
{
	return (uint16_t)(bytes[0] | bytes[1] << 8);
}

static uint32_t read_u32(const uint8_t *bytes)
{
	return read_u16(bytes) | (uint32_t)read_u16(bytes + 2) << 16;
}

static uint64_t read_u64(const uint8_t *bytes)
{
	return read_u32(bytes) | (uint64_t)read_u32(bytes + 4) << 32;
}

/* The devices of an RMRR; a scope that is too short or too long ends them. */
static void read_scopes(
	const uint8_t *bytes, size_t length, bool first_segment, struct dmar_range *range)
{
	while (length >= SCOPE_SIZE && bytes[1] >= SCOPE_SIZE && bytes[1] <= length) {
		size_t size = bytes[1];

		range->devices++;
		/* One step of a path: the device is on the bus itself. */
		if (first_segment && bytes[0] == SCOPE_ENDPOINT && size == SCOPE_SIZE + 2 &&
			bytes[AT_SCOPE_BUS] == 0 && bytes[SCOPE_SIZE] == 2 &&
			bytes[SCOPE_SIZE + 1] == 0)
			range->igd = true;
		bytes += size;
		length -= size;
	}
}

static void read_range(const uint8_t *bytes, size_t length, struct dmar *dmar)
{
	struct dmar_range *range;

	if (length < RMRR_SIZE || dmar->range_count == DMAR_RANGES_MAX)
		return;
	range = &dmar->ranges[dmar->range_count++];
	*range = (struct dmar_range){ .start = read_u64(bytes + AT_BASE),
		.end = read_u64(bytes + AT_LIMIT) };
	read_scopes(
		bytes + RMRR_SIZE, length - RMRR_SIZE, read_u16(bytes + AT_SEGMENT) == 0, range);
}

int dmar_parse(const uint8_t *bytes, size_t length, struct dmar *dmar_r, struct problem *why)
{
	struct dmar dmar = { 0 };
	size_t at = HEADER_SIZE, said;

	if (length < HEADER_SIZE)
		return problem_set(why, -EINVAL, "it has %zu bytes, too few for a header", length);
	said = read_u32(bytes + AT_LENGTH);
	if (said < HEADER_SIZE || said > length)
		return problem_set(
			why, -EINVAL, "its header says %zu bytes, and it has %zu", said, length);
	dmar.flags = bytes[AT_FLAGS];
	while (said - at >= 4) {
		uint16_t type = read_u16(bytes + at), size = read_u16(bytes + at + 2);

		if (size < 4 || size > said - at)
			return problem_set(why, -EINVAL,
				"the structure at 0x%zx cannot have %u bytes", at, size);
		if (type == TYPE_DRHD)
			dmar.units++;
		else if (type == TYPE_RMRR)
			read_range(bytes + at, size, &dmar);
		at += size;
	}
	*dmar_r = dmar;
	return 0;
}
