#include "harness/host/option_rom.h"

#include <errno.h>
#include <string.h>

#define UNIT         512u
#define HEADER_SIZE  0x1a /* up to and with the pointer at 0x18 */
#define AT_SIZE      0x02
#define AT_POINTER   0x18
#define DATA_SIZE    0x18 /* of the first revision */
#define AT_VENDOR    0x04 /* in the data structure */
#define AT_DEVICE    0x06
#define AT_CODE_TYPE 0x14

static uint16_t read_u16(const uint8_t *bytes)
{
	return (uint16_t)(bytes[0] | bytes[1] << 8);
}

int option_rom_parse(
	const uint8_t *bytes, size_t length, struct option_rom *rom_r, struct problem *why)
{
	struct option_rom rom = { 0 };

	if (length < HEADER_SIZE)
		return problem_set(
			why, -EINVAL, "the ROM has %zu bytes, too few for a header", length);
	if (bytes[0] != 0x55 || bytes[1] != 0xaa)
		return problem_set(why, -EINVAL, "the ROM begins with %02x %02x instead of 55 aa",
			bytes[0], bytes[1]);
	rom.size = bytes[AT_SIZE] * UNIT;
	rom.data_at = read_u16(bytes + AT_POINTER);
	if (rom.size == 0 || rom.size > length)
		return problem_set(why, -EINVAL,
			"its header gives a size of %u bytes, but the ROM has %zu", rom.size,
			length);
	if (rom.data_at < HEADER_SIZE || rom.data_at > rom.size - DATA_SIZE)
		return problem_set(why, -EINVAL,
			"its PCI data structure cannot be at 0x%04x: the ROM has 0x%x "
			"bytes",
			rom.data_at, rom.size);
	if (memcmp(bytes + rom.data_at, "PCIR", 4) != 0)
		return problem_set(why, -EINVAL, "its PCI data structure does not begin with PCIR");
	rom.vendor = read_u16(bytes + rom.data_at + AT_VENDOR);
	rom.device = read_u16(bytes + rom.data_at + AT_DEVICE);
	rom.code_type = bytes[rom.data_at + AT_CODE_TYPE];
	for (uint32_t i = 0; i < rom.size; i++)
		rom.sum = (uint8_t)(rom.sum + bytes[i]);
	*rom_r = rom;
	return 0;
}
