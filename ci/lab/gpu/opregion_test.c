/* Offsets as in Intel's "IGD OpRegion/Software SCI" and Linux' intel_vbt_defs.h and intel_bios.c.
 */
#include "ci/lab/gpu/opregion.h"

#include <string.h>

#include "src/suite.h"

static const struct generation *generation;
static uint8_t vbt[VBT_SIZE_MAX];

static uint32_t number(const uint8_t *bytes, size_t size)
{
	uint32_t value = 0;

	for (size_t i = size; i > 0; i--)
		value = value << 8 | bytes[i - 1];
	return value;
}

static uint8_t sum(const uint8_t *bytes, size_t size)
{
	uint8_t total = 0;

	for (size_t i = 0; i < size; i++)
		total = (uint8_t)(total + bytes[i]);
	return total;
}

/* Finds a block as i915 does: an id, a size and data, behind the BDB's header. NULL: not there. */
static const uint8_t *find_block(const uint8_t *bdb, uint8_t id, size_t *size_r)
{
	size_t at = number(bdb + 18, 2), end = number(bdb + 20, 2);

	while (at + 3 < end) {
		*size_r = number(bdb + at + 1, 2);
		if (bdb[at] == id)
			return at + 3 + *size_r <= end ? bdb + at + 3 : NULL;
		at += 3 + *size_r;
	}
	return NULL;
}

static void test_a_vbt_has_its_headers(void)
{
	size_t size = vbt_make(generation, &generation->ports[PORT_HDMI], vbt);
	const uint8_t *bdb = vbt + number(vbt + 28, 4);

	CU_ASSERT_EQUAL(memcmp(vbt, "$VBT COFFEELAKE     ", 20), 0);
	CU_ASSERT_EQUAL(number(vbt + 22, 2), 48);
	CU_ASSERT_EQUAL(number(vbt + 24, 2), size);
	CU_ASSERT_EQUAL(sum(vbt, size), 0);
	CU_ASSERT_EQUAL(memcmp(bdb, "BIOS_DATA_BLOCK ", 16), 0);
	CU_ASSERT_EQUAL((size_t)(bdb - vbt) + number(bdb + 20, 2), size);
}

static void test_each_port_has_its_child(void)
{
	/* handle, type (DEVICE_TYPE_*), dvo_port (DVO_PORT_HDMIB, DPB, DPA), ddc_pin, aux_channel
	 */
	static const struct {
		enum port_kind port;
		uint32_t handle, type, dvo, ddc, aux;
	} rows[] = {
		{ PORT_HDMI, 0x0004, 0x60d2, 1, 1, 0x10 },
		{ PORT_DP, 0x0004, 0x68c6, 7, 0, 0x10 },
		{ PORT_EDP, 0x0008, 0x78c6, 10, 0, 0x40 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const uint8_t *block, *child;
		size_t size = 0;

		vbt_make(generation, &generation->ports[rows[i].port], vbt);
		block = find_block(vbt + 48, 2, &size);
		CU_ASSERT_PTR_NOT_NULL_FATAL(block);
		CU_ASSERT_EQUAL_FATAL(size, 5 + 38);
		CU_ASSERT_EQUAL(block[4], 38);
		child = block + 5;
		CU_ASSERT_EQUAL(number(child, 2), rows[i].handle);
		CU_ASSERT_EQUAL(number(child + 2, 2), rows[i].type);
		CU_ASSERT_EQUAL(child[16], rows[i].dvo);
		CU_ASSERT_EQUAL(child[19], rows[i].ddc);
		CU_ASSERT_EQUAL(child[25], rows[i].aux);
	}
}

static void test_a_vbt_may_name_no_port(void)
{
	size_t size = 0;
	const uint8_t *block;

	vbt_make(generation, NULL, vbt);
	block = find_block(vbt + 48, 2, &size);
	CU_ASSERT_PTR_NOT_NULL(block);
	CU_ASSERT_EQUAL(size, 5);
}

static void test_an_opregion_holds_the_vbt(void)
{
	static uint8_t opregion[OPREGION_SIZE];
	size_t size = vbt_make(generation, &generation->ports[PORT_DP], vbt);

	opregion_make(vbt, size, opregion);
	CU_ASSERT_EQUAL(memcmp(opregion, "IntelGraphicsMem", 16), 0);
	CU_ASSERT_EQUAL(number(opregion + 0x10, 4), 8);
	CU_ASSERT_EQUAL(number(opregion + 0x14, 4), 0x02000000);
	CU_ASSERT_EQUAL(number(opregion + 0x58, 4), 0x0d);
	CU_ASSERT_EQUAL(memcmp(opregion + 0x400, vbt, size), 0);
	opregion_make(NULL, 0, opregion);
	CU_ASSERT_EQUAL(number(opregion + 0x400, 4), 0);
}

static void test_a_rom_holds_it_too(void)
{
	static uint8_t rom[ROM_SIZE];
	size_t size = vbt_make(generation, &generation->ports[PORT_HDMI], vbt);
	const uint8_t *pcir;

	rom_make(generation, vbt, size, rom);
	CU_ASSERT_EQUAL(number(rom, 2), 0xaa55);
	CU_ASSERT_EQUAL(rom[2] * 512u, ROM_SIZE);
	CU_ASSERT_EQUAL(sum(rom, sizeof(rom)), 0);
	pcir = rom + number(rom + 0x18, 2);
	CU_ASSERT_EQUAL(memcmp(pcir, "PCIR\x86\x80\x92\x3e", 8), 0);
	CU_ASSERT_EQUAL(memcmp(pcir + 13, "\x00\x00\x03", 3), 0);
	CU_ASSERT_EQUAL(number(pcir + 16, 2) * 512, ROM_SIZE);
	CU_ASSERT_EQUAL(pcir[20], 0);
	CU_ASSERT_EQUAL(pcir[21], 0x80);
	CU_ASSERT_PTR_EQUAL(memmem(rom, sizeof(rom), "$VBT", 4), rom + 0x800);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "a VBT has its headers", test_a_vbt_has_its_headers },
		{ "each port has its child", test_each_port_has_its_child },
		{ "a VBT may name no port", test_a_vbt_may_name_no_port },
		{ "an OpRegion holds the VBT", test_an_opregion_holds_the_vbt },
		{ "a ROM holds it too", test_a_rom_holds_it_too },
		CU_TEST_INFO_NULL,
	};

	generation = generation_find("coffee-lake");
	return suite_main("opregion", tests);
}
