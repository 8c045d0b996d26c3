#include "harness/host/dmar.h"

#include <errno.h>

#define AT_LENGTH   4 /* of the ACPI header */
#define AT_FLAGS    37
#define HEADER_SIZE 48

/* Remapping structures, 8.2 to 8.4. */
#define TYPE_DRHD      0
#define TYPE_RMRR      1
#define DRHD_SIZE      16
#define AT_UNIT_FLAGS  4
#define INCLUDE_ALL    0x01
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

/* The devices of a unit or an RMRR; a scope that is too short or too long ends them. Returns how
 * many there are; *igd_r is whether the IGD is one. */
static unsigned int read_scopes(
	const uint8_t *bytes, size_t length, bool first_segment, bool *igd_r)
{
	unsigned int devices = 0;

	while (length >= SCOPE_SIZE && bytes[1] >= SCOPE_SIZE && bytes[1] <= length) {
		size_t size = bytes[1];

		devices++;
		/* One step of a path: the device is on the bus itself. */
		if (first_segment && bytes[0] == SCOPE_ENDPOINT && size == SCOPE_SIZE + 2 &&
			bytes[AT_SCOPE_BUS] == 0 && bytes[SCOPE_SIZE] == 2 &&
			bytes[SCOPE_SIZE + 1] == 0)
			*igd_r = true;
		bytes += size;
		length -= size;
	}
	return devices;
}

static void read_unit(const uint8_t *bytes, size_t length, struct dmar *dmar)
{
	bool first_segment;

	dmar->units++;
	if (length < DRHD_SIZE)
		return;
	first_segment = read_u16(bytes + AT_SEGMENT) == 0;
	if (first_segment && bytes[AT_UNIT_FLAGS] & INCLUDE_ALL)
		dmar->rest_unit = true;
	read_scopes(bytes + DRHD_SIZE, length - DRHD_SIZE, first_segment, &dmar->igd_unit);
}

static void read_range(const uint8_t *bytes, size_t length, struct dmar *dmar)
{
	struct dmar_range *range;

	if (length < RMRR_SIZE || dmar->range_count == DMAR_RANGES_MAX)
		return;
	range = &dmar->ranges[dmar->range_count++];
	*range = (struct dmar_range){ .start = read_u64(bytes + AT_BASE),
		.end = read_u64(bytes + AT_LIMIT) };
	range->devices = read_scopes(bytes + RMRR_SIZE, length - RMRR_SIZE,
		read_u16(bytes + AT_SEGMENT) == 0, &range->igd);
}

int dmar_parse(const uint8_t *bytes, size_t length, struct dmar *dmar_r, struct problem *why)
{
	struct dmar dmar = { 0 };
	size_t at = HEADER_SIZE, said;

	if (length < HEADER_SIZE)
		return problem_set(
			why, -EINVAL, "the table has %zu bytes, too few for a header", length);
	said = read_u32(bytes + AT_LENGTH);
	if (said < HEADER_SIZE || said > length)
		return problem_set(why, -EINVAL,
			"its header gives a size of %zu bytes, but it has %zu", said, length);
	dmar.flags = bytes[AT_FLAGS];
	while (said - at >= 4) {
		uint16_t type = read_u16(bytes + at), size = read_u16(bytes + at + 2);

		if (size < 4 || size > said - at)
			return problem_set(why, -EINVAL,
				"the structure at 0x%zx cannot have %u bytes", at, size);
		if (type == TYPE_DRHD)
			read_unit(bytes + at, size, &dmar);
		else if (type == TYPE_RMRR)
			read_range(bytes + at, size, &dmar);
		at += size;
	}
	*dmar_r = dmar;
	return 0;
}
