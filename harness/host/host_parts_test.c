/* The parsers that a host's checks use: option ROM, DMAR, Xen's messages, stolen memory. */
#include <stdint.h>
#include <string.h>

#include "harness/host/dmar.h"
#include "harness/host/option_rom.h"
#include "harness/host/stolen_memory.h"
#include "harness/host/xen_boot_log.h"
#include "src/suite.h"

#define MIB (1024ull * 1024)

/* PCI Firmware Specification 3.0, tables 5-1 and 5-2; 512 bytes that sum up to 0. */
static void make_rom(uint8_t rom[static 512])
{
	uint8_t sum = 0;

	memset(rom, 0, 512);
	rom[0] = 0x55;
	rom[1] = 0xaa;
	rom[2] = 1; /* of 512 bytes */
	rom[0x18] = 0x40;
	memcpy(rom + 0x40, "PCIR", 4);
	rom[0x44] = 0x86;
	rom[0x45] = 0x80;
	rom[0x46] = 0x92;
	rom[0x47] = 0x3e;
	for (int i = 0; i < 511; i++)
		sum = (uint8_t)(sum + rom[i]);
	rom[511] = (uint8_t)-sum;
}

static void a_rom_says_whose_it_is(void)
{
	struct option_rom said = { 0 };
	uint8_t rom[512];

	make_rom(rom);
	CU_ASSERT_EQUAL(option_rom_parse(rom, sizeof(rom), &said, NULL), 0);
	CU_ASSERT_EQUAL(said.size, 512);
	CU_ASSERT_EQUAL(said.vendor, 0x8086);
	CU_ASSERT_EQUAL(said.device, 0x3e92);
	CU_ASSERT_EQUAL(said.sum, 0);
	rom[100] = 1;
	CU_ASSERT_EQUAL(option_rom_parse(rom, sizeof(rom), &said, NULL), 0);
	CU_ASSERT_EQUAL(said.sum, 1);
}

static void a_broken_rom_is_refused(void)
{
	/* Offset, byte, and what is said of it. */
	static const struct {
		int at;
		uint8_t byte;
		const char *said;
	} breaks[] = { { 0, 0x31, "begins with 31 aa" }, { 2, 0, "a size of 0 bytes" },
		{ 2, 2, "a size of 1024 bytes, but the ROM has 512" }, { 0x18, 0x10, "at 0x0010" },
		{ 0x19, 0xff, "at 0xff40" }, { 0x40, 'p', "PCIR" } };
	struct option_rom said;
	uint8_t rom[512];

	for (size_t i = 0; i < sizeof(breaks) / sizeof(breaks[0]); i++) {
		struct problem why = { 0 };

		make_rom(rom);
		rom[breaks[i].at] = breaks[i].byte;
		CU_ASSERT(option_rom_parse(rom, sizeof(rom), &said, &why) < 0);
		CU_ASSERT_PTR_NOT_NULL(strstr(why.text, breaks[i].said));
	}
	CU_ASSERT(option_rom_parse(rom, 0x19, &said, NULL) < 0);
}

static void put(uint8_t *bytes, int size, uint64_t value)
{
	for (int i = 0; i < size; i++)
		bytes[i] = (uint8_t)(value >> (8 * i));
}

/* VT-d specification, 8.1, 8.3, 8.4: a DRHD, and an RMRR of 00:02.0 and one other device. */
#define DMAR_SIZE (48 + 16 + 24 + 8 + 8)
static void make_dmar(uint8_t table[static DMAR_SIZE])
{
	memset(table, 0, DMAR_SIZE);
	memcpy(table, "RMAD", 4);
	put(table + 4, 4, DMAR_SIZE);
	table[37] = DMAR_INTR_REMAP;
	put(table + 48 + 2, 2, 16);
	put(table + 64, 2, 1);
	put(table + 64 + 2, 2, 24 + 8 + 8);
	put(table + 64 + 8, 8, 0x7c000000);
	put(table + 64 + 16, 8, 0x7fffffff);
	put(table + 88, 2, 0x0801); /* endpoint, 8 bytes */
	table[88 + 6] = 2;
	put(table + 96, 2, 0x0801);
	table[96 + 6] = 0x14;
}

static void a_dmar_tells_what_is_reserved(void)
{
	uint8_t table[DMAR_SIZE];
	struct dmar dmar = { 0 };

	make_dmar(table);
	CU_ASSERT_EQUAL(dmar_parse(table, sizeof(table), &dmar, NULL), 0);
	CU_ASSERT_EQUAL(dmar.units, 1);
	CU_ASSERT_EQUAL(dmar.flags, DMAR_INTR_REMAP);
	CU_ASSERT_EQUAL_FATAL(dmar.range_count, 1);
	CU_ASSERT_EQUAL(dmar.ranges[0].start, 0x7c000000);
	CU_ASSERT_EQUAL(dmar.ranges[0].end, 0x7fffffff);
	CU_ASSERT(dmar.ranges[0].igd);
	CU_ASSERT_EQUAL(dmar.ranges[0].devices, 2);
	/* Of another segment it is another device. */
	table[64 + 6] = 1;
	CU_ASSERT_EQUAL(dmar_parse(table, sizeof(table), &dmar, NULL), 0);
	CU_ASSERT_FALSE(dmar.ranges[0].igd);
}

static void a_broken_dmar_is_refused(void)
{
	uint8_t table[DMAR_SIZE];
	struct dmar dmar;

	make_dmar(table);
	CU_ASSERT(dmar_parse(table, 47, &dmar, NULL) < 0);
	CU_ASSERT(dmar_parse(table, DMAR_SIZE - 1, &dmar, NULL) < 0);
	put(table + 48 + 2, 2, 0);
	CU_ASSERT(dmar_parse(table, DMAR_SIZE, &dmar, NULL) < 0);
	put(table + 48 + 2, 2, 0xffff);
	CU_ASSERT(dmar_parse(table, DMAR_SIZE, &dmar, NULL) < 0);
	/* A scope without length would be read for ever. */
	make_dmar(table);
	table[89] = 0;
	CU_ASSERT_EQUAL(dmar_parse(table, DMAR_SIZE, &dmar, NULL), 0);
	CU_ASSERT_EQUAL(dmar.ranges[0].devices, 0);
}

static json_t *facts_of(const char *text)
{
	const struct record record = {
		.name = "log", .text = (char *)text, .length = strlen(text)
	};

	return xen_boot_log_facts(&record);
}

static void guests_do_not_speak_for_xen(void)
{
	static const char text[] = "(d3) I/O virtualisation disabled\n"
				   "(XEN) [2026-11-22 01:02:03] I/O virtualisation enabled\n"
				   "(XEN) I/O virtualisation disabled\n";
	json_t *facts = facts_of(text);

	CU_ASSERT(json_is_true(json_object_get(facts, "iommu")));
	CU_ASSERT(json_is_false(json_object_get(facts, "complete")));
	CU_ASSERT(json_is_null(json_object_get(facts, "hvm")));
	json_decref(facts);
}

/* Lines of xen/arch/x86/hvm/hvm.c and of xen/drivers/passthrough/vtd/iommu.c. */
static void what_is_off_is_no_yes(void)
{
	static const char text[] =
		"(XEN) HVM: Hardware Assisted Paging (HAP) detected but disabled\n"
		"(XEN) Intel VT-d Snoop Control not enabled.\n"
		"(XEN) Intel VT-d Queued Invalidation enabled.\n"
		"(XEN) Intel VT-d iommu 0 supported page sizes: 4kB, 2MB\n";
	json_t *facts = facts_of(text);
	const json_t *vtd = json_object_get(facts, "vtd");

	CU_ASSERT(json_is_false(json_object_get(facts, "hap")));
	CU_ASSERT_EQUAL(json_object_size(vtd), 2);
	CU_ASSERT(json_is_false(json_object_get(vtd, "Snoop Control")));
	CU_ASSERT(json_is_true(json_object_get(vtd, "Queued Invalidation")));
	json_decref(facts);
}

/* The ranges of gen9_ and chv_stolen_size(), at their ends. */
static void stolen_memory_by_generation(void)
{
	CU_ASSERT_EQUAL(stolen_memory_size(IGD_GMCH_GEN6, 0x00f8), 31 * 32 * MIB);
	CU_ASSERT_EQUAL(stolen_memory_gtt_size(IGD_GMCH_GEN6, 0x0100), 1 * MIB);
	CU_ASSERT_EQUAL(stolen_memory_size(IGD_GMCH_GEN8, 0xff00), 255 * 32 * MIB);
	CU_ASSERT_EQUAL(stolen_memory_gtt_size(IGD_GMCH_GEN8, 0x0000), 0);
	CU_ASSERT_EQUAL(stolen_memory_gtt_size(IGD_GMCH_GEN8, 0x0040), 2 * MIB);
	CU_ASSERT_EQUAL(stolen_memory_size(IGD_GMCH_GEN9, 0xef00), 0xef * 32 * MIB);
	CU_ASSERT_EQUAL(stolen_memory_size(IGD_GMCH_GEN9, 0xf000), 4 * MIB);
	CU_ASSERT_EQUAL(stolen_memory_size(IGD_GMCH_CHV, 0x10 << 3), 16 * 32 * MIB);
	CU_ASSERT_EQUAL(stolen_memory_size(IGD_GMCH_CHV, 0x11 << 3), 8 * MIB);
	CU_ASSERT_EQUAL(stolen_memory_size(IGD_GMCH_CHV, 0x16 << 3), 28 * MIB);
	CU_ASSERT_EQUAL(stolen_memory_size(IGD_GMCH_CHV, 0x17 << 3), 36 * MIB);
	CU_ASSERT_EQUAL(stolen_memory_base_5c(0xbda00001), 0xbda00000);
	CU_ASSERT_EQUAL(stolen_memory_base_c0(0x3f8fffff, 4), 0x43f800000);
}

static CU_TestInfo tests[] = {
	{ "a ROM says whose it is", a_rom_says_whose_it_is },
	{ "a broken ROM is refused", a_broken_rom_is_refused },
	{ "a DMAR tells what is reserved", a_dmar_tells_what_is_reserved },
	{ "a broken DMAR is refused", a_broken_dmar_is_refused },
	{ "guests do not speak for Xen", guests_do_not_speak_for_xen },
	{ "what is off is no yes", what_is_off_is_no_yes },
	{ "stolen memory by generation", stolen_memory_by_generation },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	return suite_main("host_parts", tests);
}
