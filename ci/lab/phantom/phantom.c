#include "ci/lab/phantom/phantom.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "src/problem.h"

/* PCI Local Bus 3.0, 6.1 and 6.3.1. */
#define AT_VENDOR      0x00
#define AT_DEVICE      0x02
#define AT_CLASS       0x09
#define ROM_AT_SIZE    0x02 /* in 512 bytes */
#define ROM_AT_INIT    0x03
#define ROM_AT_POINTER 0x18
#define ROM_PCIR       0x40
#define X86_RETF       0xcb
#define PCIR_LENGTH    0x18
#define PCIR_AT_VENDOR 0x04
#define PCIR_AT_DEVICE 0x06
#define PCIR_AT_LENGTH 0x0a
#define PCIR_AT_CLASS  0x0d
#define PCIR_AT_SIZE   0x10
#define PCIR_AT_LAST   0x15
#define PCIR_LAST      0x80

/* Of an Intel GPU: Linux' include/drm/intel/i915_drm.h. */
#define AT_GMCH       0x50
#define AT_BDSM_GEN11 0xc0
#define AT_ASLS       0xfc

/* Intel, "IGD OpRegion/Software SCI", chapter 3. */
#define OPREGION_VERSION 0x02010000u
#define OPREGION_MAILBOX 0x0fu
#define AT_OP_SIZE       0x010
#define AT_OP_VERSION    0x014
#define AT_OP_BIOS       0x018 /* 32 bytes of text: the firmware's version */
#define AT_OP_MAILBOXES  0x058
#define AT_OP_VBT        0x400

/* Linux' drivers/gpu/drm/i915/display/intel_vbt_defs.h: struct vbt_header, struct bdb_header. */
#define VBT_HEADER_SIZE 48
#define VBT_AT_VERSION  20
#define VBT_AT_HEADER   22
#define VBT_AT_SIZE     24
#define VBT_AT_CHECKSUM 26
#define VBT_AT_BDB      28
#define BDB_HEADER_SIZE 22
#define BDB_AT_VERSION  16
#define BDB_AT_HEADER   18
#define BDB_AT_SIZE     20
#define VBT_VERSION     100
#define BDB_VERSION     228

static void put_u16(uint8_t *to, uint16_t value)
{
	to[0] = (uint8_t)value;
	to[1] = (uint8_t)(value >> 8);
}

static void put_u32(uint8_t *to, uint32_t value)
{
	put_u16(to, (uint16_t)value);
	put_u16(to + 2, (uint16_t)(value >> 16));
}

/* What makes the bytes' sum 0. */
static uint8_t checksum(const uint8_t *bytes, size_t size)
{
	uint8_t sum = 0;

	for (size_t i = 0; i < size; i++)
		sum = (uint8_t)(sum + bytes[i]);
	return (uint8_t)-sum;
}

/* Reads one line of the list. Returns 0, 1 for a line that says nothing, or -EINVAL. */
static int read_line(const char *line, struct phantom *phantom_r)
{
	unsigned int vendor, device, class, gmch, bdsm_at, bdsm;
	char end;
	int found;

	line += strspn(line, " \t\n");
	if (!*line || *line == '#')
		return 1;
	memset(phantom_r, 0, sizeof(*phantom_r));
	found = sscanf(line, "%31s 0x%4x 0x%4x 0x%6x 0x%4x 0x%2x 0x%8x %31s %c", phantom_r->name,
		&vendor, &device, &class, &gmch, &bdsm_at, &bdsm, phantom_r->platform, &end);
	if (found != 8 || (bdsm_at != 0x5c && bdsm_at != AT_BDSM_GEN11) ||
		strlen(phantom_r->platform) > 14 ||
		phantom_r->name[strspn(phantom_r->name, "abcdefghijklmnopqrstuvwxyz0123456789-")])
		return -EINVAL;
	phantom_r->vendor = (uint16_t)vendor;
	phantom_r->device = (uint16_t)device;
	phantom_r->class = class;
	phantom_r->gmch = (uint16_t)gmch;
	phantom_r->bdsm_at = (uint8_t)bdsm_at;
	phantom_r->bdsm = bdsm;
	return 0;
}

int phantom_find(FILE *list, const char *name, struct phantom *phantom_r, struct problem *why)
{
	char *line = NULL, names[256] = "";
	struct phantom phantom;
	size_t size = 0;
	int r = -ENOENT, number = 0;

	while (r == -ENOENT && getline(&line, &size, list) > 0) {
		int kind = read_line(line, &phantom);

		number++;
		if (kind < 0) {
			r = problem_set(
				why, kind, "line %d of the list of phantoms is wrong", number);
		} else if (kind == 0 && strcmp(phantom.name, name) == 0) {
			*phantom_r = phantom;
			r = 0;
		} else if (kind == 0) {
			strncat(names, " ", sizeof(names) - strlen(names) - 1);
			strncat(names, phantom.name, sizeof(names) - strlen(names) - 1);
		}
	}
	free(line);
	if (r == -ENOENT)
		problem_set(why, r, "there is no phantom '%s'; there are:%s", name, names);
	return r;
}

void phantom_fill_config(
	const struct phantom *phantom, uint32_t asls, uint8_t config[static PHANTOM_CONFIG_MIN])
{
	put_u16(config + AT_VENDOR, phantom->vendor);
	put_u16(config + AT_DEVICE, phantom->device);
	config[AT_CLASS] = (uint8_t)phantom->class;
	put_u16(config + AT_CLASS + 1, (uint16_t)(phantom->class >> 8));
	put_u16(config + AT_GMCH, phantom->gmch);
	put_u32(config + phantom->bdsm_at, phantom->bdsm);
	if (phantom->bdsm_at == AT_BDSM_GEN11)
		put_u32(config + AT_BDSM_GEN11 + 4, 0);
	put_u32(config + AT_ASLS, asls);
}

void phantom_fill_rom(const struct phantom *phantom, uint8_t rom[static PHANTOM_ROM_SIZE])
{
	uint8_t *pcir = rom + ROM_PCIR;

	memset(rom, 0, PHANTOM_ROM_SIZE);
	put_u16(rom, 0xaa55);
	rom[ROM_AT_SIZE] = PHANTOM_ROM_SIZE / 512;
	rom[ROM_AT_INIT] = X86_RETF;
	put_u16(rom + ROM_AT_POINTER, ROM_PCIR);
	memcpy(pcir, "PCIR", 4);
	put_u16(pcir + PCIR_AT_VENDOR, phantom->vendor);
	put_u16(pcir + PCIR_AT_DEVICE, phantom->device);
	put_u16(pcir + PCIR_AT_LENGTH, PCIR_LENGTH);
	pcir[PCIR_AT_CLASS] = (uint8_t)phantom->class;
	put_u16(pcir + PCIR_AT_CLASS + 1, (uint16_t)(phantom->class >> 8));
	put_u16(pcir + PCIR_AT_SIZE, PHANTOM_ROM_SIZE / 512);
	pcir[PCIR_AT_LAST] = PCIR_LAST;
	rom[PHANTOM_ROM_SIZE - 1] = checksum(rom, PHANTOM_ROM_SIZE);
}

static void fill_vbt(const struct phantom *phantom, uint8_t *vbt)
{
	const uint16_t size = VBT_HEADER_SIZE + BDB_HEADER_SIZE;
	uint8_t *bdb = vbt + VBT_HEADER_SIZE;
	char signature[21];

	snprintf(signature, sizeof(signature), "$VBT %-15.14s", phantom->platform);
	memcpy(vbt, signature, sizeof(signature) - 1);
	put_u16(vbt + VBT_AT_VERSION, VBT_VERSION);
	put_u16(vbt + VBT_AT_HEADER, VBT_HEADER_SIZE);
	put_u16(vbt + VBT_AT_SIZE, size);
	put_u32(vbt + VBT_AT_BDB, VBT_HEADER_SIZE);
	memcpy(bdb, "BIOS_DATA_BLOCK ", 16);
	put_u16(bdb + BDB_AT_VERSION, BDB_VERSION);
	put_u16(bdb + BDB_AT_HEADER, BDB_HEADER_SIZE);
	put_u16(bdb + BDB_AT_SIZE, BDB_HEADER_SIZE);
	vbt[VBT_AT_CHECKSUM] = checksum(vbt, size);
}

void phantom_fill_opregion(
	const struct phantom *phantom, uint8_t opregion[static PHANTOM_OPREGION_SIZE])
{
	memset(opregion, 0, PHANTOM_OPREGION_SIZE);
	memcpy(opregion, "IntelGraphicsMem", 16);
	put_u32(opregion + AT_OP_SIZE, PHANTOM_OPREGION_SIZE / 1024);
	put_u32(opregion + AT_OP_VERSION, OPREGION_VERSION);
	/* Whoever looks at the bytes alone is told as well. */
	memcpy(opregion + AT_OP_BIOS, "igd-harness phantom", 19);
	put_u32(opregion + AT_OP_MAILBOXES, OPREGION_MAILBOX);
	fill_vbt(phantom, opregion + AT_OP_VBT);
}
