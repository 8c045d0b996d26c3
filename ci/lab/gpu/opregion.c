#include "ci/lab/gpu/opregion.h"

#include <string.h>

/* Numbers are little-endian in all of these. */
static void put16(uint8_t *to, uint32_t value)
{
	to[0] = (uint8_t)value;
	to[1] = (uint8_t)(value >> 8);
}

static void put32(uint8_t *to, uint32_t value)
{
	put16(to, value);
	put16(to + 2, value >> 16);
}

static uint8_t sum_of(const uint8_t *bytes, size_t size)
{
	uint8_t sum = 0;

	while (size > 0)
		sum = (uint8_t)(sum + bytes[--size]);
	return sum;
}

/* struct vbt_header */
#define VBT_HEADER   48u
#define VBT_VERSION  20u
#define VBT_LENGTH   22u /* of the header */
#define VBT_SIZE     24u
#define VBT_CHECKSUM 26u
#define VBT_BDB      28u
#define VBT_REVISION 100u
#define NAME_SIZE    20u

/* struct bdb_header, and what follows: blocks of an id, a size and data */
#define BDB_HEADER        22u
#define BDB_VERSION       16u
#define BDB_LENGTH        18u
#define BDB_SIZE          20u
#define BDB_REVISION      209u /* the first whose children have 38 bytes and an AUX channel */
#define BLOCK_HEAD        3u
#define BLOCK_FEATURES    1u /* BDB_GENERAL_FEATURES */
#define FEATURES_SIZE     7u
#define BLOCK_DEFINITIONS 2u /* BDB_GENERAL_DEFINITIONS */
#define DEFINITIONS_HEAD  5u /* CRT's pin, flags, two boot displays, the size of a child */

/* struct child_device_config */
#define CHILD_SIZE    38u
#define CHILD_HANDLE  0u
#define CHILD_TYPE    2u
#define CHILD_PORT    16u
#define CHILD_DDC     19u
#define CHILD_SUPPORT 24u
#define CHILD_AUX     25u
#define HANDLE_EFP1   0x0004u /* DEVICE_HANDLE_EFP1 */
#define HANDLE_LFP1   0x0008u /* DEVICE_HANDLE_LFP1: an internal panel */
#define TYPE_INTERNAL 0x1000u /* DEVICE_TYPE_INTERNAL_CONNECTOR */

static size_t put_block(uint8_t *to, uint8_t id, size_t size)
{
	to[0] = id;
	put16(to + 1, (uint32_t)size);
	return BLOCK_HEAD + size;
}

static void put_child(uint8_t *to, const struct port_wiring *wiring)
{
	put16(to + CHILD_HANDLE, wiring->vbt_type & TYPE_INTERNAL ? HANDLE_LFP1 : HANDLE_EFP1);
	put16(to + CHILD_TYPE, wiring->vbt_type);
	to[CHILD_PORT] = wiring->vbt_dvo_port;
	to[CHILD_DDC] = wiring->vbt_ddc_pin;
	to[CHILD_SUPPORT] = wiring->vbt_support;
	to[CHILD_AUX] = wiring->vbt_aux;
}

size_t vbt_make(const struct generation *generation, const struct port_wiring *wiring,
	uint8_t vbt[static VBT_SIZE_MAX])
{
	uint8_t *bdb = vbt + VBT_HEADER, *block;
	size_t size = BDB_HEADER;

	memset(vbt, 0, VBT_SIZE_MAX);
	size += put_block(bdb + size, BLOCK_FEATURES, FEATURES_SIZE);
	block = bdb + size;
	size += put_block(block, BLOCK_DEFINITIONS, DEFINITIONS_HEAD + (wiring ? CHILD_SIZE : 0));
	block[BLOCK_HEAD] = 2; /* the pin of an analog monitor's DDC, GMBUS_PIN_VGADDC */
	block[BLOCK_HEAD + DEFINITIONS_HEAD - 1] = CHILD_SIZE;
	if (wiring)
		put_child(block + BLOCK_HEAD + DEFINITIONS_HEAD, wiring);

	memcpy(bdb, "BIOS_DATA_BLOCK ", 16);
	put16(bdb + BDB_VERSION, BDB_REVISION);
	put16(bdb + BDB_LENGTH, BDB_HEADER);
	put16(bdb + BDB_SIZE, (uint32_t)size);

	memset(vbt, ' ', NAME_SIZE);
	memcpy(vbt, "$VBT ", 5);
	memcpy(vbt + 5, generation->platform, strnlen(generation->platform, NAME_SIZE - 5));
	size += VBT_HEADER;
	put16(vbt + VBT_VERSION, VBT_REVISION);
	put16(vbt + VBT_LENGTH, VBT_HEADER);
	put16(vbt + VBT_SIZE, (uint32_t)size);
	put32(vbt + VBT_BDB, VBT_HEADER);
	vbt[VBT_CHECKSUM] = (uint8_t)-sum_of(vbt, size);
	return size;
}

#define AT_KIB       0x10u
#define AT_VERSION   0x14u
#define AT_MAILBOXES 0x58u
#define AT_VBT       0x400u
#define VERSION_2_0  (2u << 24)
#define MAILBOX_ACPI (1u << 0)
#define MAILBOX_ASLE (1u << 2)
#define MAILBOX_VBT  (1u << 3)

void opregion_make(const uint8_t *vbt, size_t size, uint8_t opregion[static OPREGION_SIZE])
{
	memset(opregion, 0, OPREGION_SIZE);
	memcpy(opregion, "IntelGraphicsMem", 16);
	put32(opregion + AT_KIB, OPREGION_SIZE / 1024);
	put32(opregion + AT_VERSION, VERSION_2_0);
	put32(opregion + AT_MAILBOXES, MAILBOX_ACPI | MAILBOX_ASLE | MAILBOX_VBT);
	if (vbt)
		memcpy(opregion + AT_VBT, vbt, size < VBT_SIZE_MAX ? size : VBT_SIZE_MAX);
}

/* PCI Firmware Specification 3.0, 5.1: the ROM's header and its PCI data structure. */
#define ROM_UNIT     512u
#define ROM_RETURN   3u
#define ROM_CHECKSUM 6u
#define ROM_PCIR_AT  0x18u
#define ROM_PCIR     0x40u
#define ROM_VBT      0x800u
#define PCIR_VENDOR  4u
#define PCIR_DEVICE  6u
#define PCIR_LENGTH  10u
#define PCIR_SIZE    0x18u
#define PCIR_CLASS   13u
#define PCIR_UNITS   16u
#define PCIR_LAST    21u

void rom_make(const struct generation *generation, const uint8_t *vbt, size_t size,
	uint8_t rom[static ROM_SIZE])
{
	uint8_t *pcir = rom + ROM_PCIR;

	memset(rom, 0, ROM_SIZE);
	put16(rom, 0xaa55);
	rom[2] = ROM_SIZE / ROM_UNIT;
	rom[ROM_RETURN] = 0xcb; /* retf */
	put16(rom + ROM_PCIR_AT, ROM_PCIR);
	memcpy(pcir, "PCIR", 4);
	put16(pcir + PCIR_VENDOR, 0x8086);
	put16(pcir + PCIR_DEVICE, generation->device);
	put16(pcir + PCIR_LENGTH, PCIR_SIZE);
	put16(pcir + PCIR_CLASS, generation->class);
	pcir[PCIR_CLASS + 2] = (uint8_t)(generation->class >> 16);
	put16(pcir + PCIR_UNITS, ROM_SIZE / ROM_UNIT);
	pcir[PCIR_LAST] = 0x80;
	if (vbt)
		memcpy(rom + ROM_VBT, vbt, size < VBT_SIZE_MAX ? size : VBT_SIZE_MAX);
	rom[ROM_CHECKSUM] = (uint8_t)-sum_of(rom, ROM_SIZE);
}
