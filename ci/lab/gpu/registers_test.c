/*
 * The rules of the table, and what of Coffee Lake's rows a driver waits for: the sequences are
 * those of i915 (intel_uncore.c, intel_display_power_well.c, intel_dpll_mgr.c, intel_cdclk.c), the
 * bits those of its headers.
 */
#include "ci/lab/gpu/registers.h"

#include <errno.h>

#include "ci/lab/gpu/fixture.h"

static struct gpu gpu;

static void test_a_register_without_a_rule_is_memory(void)
{
	fixture_make(&gpu, PORT_HDMI, NULL);
	CU_ASSERT_PTR_NULL(reg_rule_of(&gpu.registers, 0x4f060));
	CU_ASSERT_EQUAL(fixture_read(&gpu, 0x4f060), 0);
	fixture_write(&gpu, 0x4f060, 0x12345678);
	CU_ASSERT_EQUAL(fixture_read(&gpu, 0x4f060), 0x12345678);
	gpu_reset(&gpu);
	CU_ASSERT_EQUAL(fixture_read(&gpu, 0x4f060), 0);
	gpu_free(&gpu);
}

static void test_an_access_may_have_any_size(void)
{
	uint8_t bytes[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };

	fixture_make(&gpu, PORT_HDMI, NULL);
	CU_ASSERT_EQUAL(gpu_region_write(&gpu, 0, 0x4f060, bytes, 8), 0);
	CU_ASSERT_EQUAL(fixture_read(&gpu, 0x4f060), 0x04030201);
	CU_ASSERT_EQUAL(fixture_read(&gpu, 0x4f064), 0x08070605);
	CU_ASSERT_EQUAL(gpu_region_write(&gpu, 0, 0x4f062, bytes, 1), 0);
	CU_ASSERT_EQUAL(fixture_read(&gpu, 0x4f060), 0x04010201);
	CU_ASSERT_EQUAL(gpu_region_read(&gpu, 0, 0x4f063, bytes, 3), 0);
	CU_ASSERT_EQUAL(memcmp(bytes, "\x04\x05\x06", 3), 0);
	/* The last register, and the first entry of the GGTT behind it. */
	CU_ASSERT_EQUAL(gpu_region_write(&gpu, 0, GPU_GGTT_FROM - 2, bytes, 8), 0);
	CU_ASSERT_EQUAL(gpu_region_read(&gpu, 0, GPU_GGTT_FROM - 2, bytes, 8), 0);
	CU_ASSERT_EQUAL(memcmp(bytes, "\x04\x05\x06\x04\x05\x06\x07\x08", 8), 0);
	CU_ASSERT_EQUAL(gpu_region_read(&gpu, 0, GPU_MMIO_SIZE - 4, bytes, 8), -EINVAL);
	CU_ASSERT_EQUAL(gpu_region_write(&gpu, 0, UINT64_MAX - 3, bytes, 8), -EINVAL);
	gpu_free(&gpu);
}

static void test_a_wrong_table_is_refused(void)
{
	static const struct reg_rule twice[] = { { .at = 0x100, .count = 4, .stride = 4 },
		{ .at = 0x108 } };
	static const struct reg_rule outside[] = { { .at = REG_SPACE } };
	static const struct reg_rule crooked[] = { { .at = 0x102 } };
	static const struct reg_rule far[] = { { .at = 0x100, .mirror = REG_SPACE } };
	static const struct reg_rule follows[] = { { .at = 0x100,
		.follow = { { 1, REG_SPACE, 1 } } } };
	struct registers registers;

	CU_ASSERT_EQUAL(registers_init(&registers, twice, 2), -EINVAL);
	CU_ASSERT_EQUAL(registers_init(&registers, outside, 1), -EINVAL);
	CU_ASSERT_EQUAL(registers_init(&registers, crooked, 1), -EINVAL);
	CU_ASSERT_EQUAL(registers_init(&registers, far, 1), -EINVAL);
	CU_ASSERT_EQUAL(registers_init(&registers, follows, 1), -EINVAL);
	CU_ASSERT_EQUAL(registers_init(&registers, NULL, 0), 0);
	registers_free(&registers);
}

static void test_every_row_says_its_name_and_why(void)
{
	const struct generation *generation = generation_find("coffee-lake");

	CU_ASSERT_PTR_NOT_NULL_FATAL(generation);
	for (size_t i = 0; i < generation->rule_count; i++) {
		CU_ASSERT_PTR_NOT_NULL_FATAL(generation->rules[i].name);
		CU_ASSERT_PTR_NOT_NULL_FATAL(generation->rules[i].why);
		CU_ASSERT(strlen(generation->rules[i].name) > 2);
		CU_ASSERT(strlen(generation->rules[i].why) > 2);
	}
}

static void test_forcewake_is_acknowledged(void)
{
	fixture_make(&gpu, PORT_HDMI, NULL);
	fixture_write(&gpu, 0xa278, 0x00010001);
	CU_ASSERT_EQUAL(fixture_read(&gpu, 0xd84), 1);
	/* The kernel's fallback bit, beside its own. */
	fixture_write(&gpu, 0xa278, 0x80008000);
	CU_ASSERT_EQUAL(fixture_read(&gpu, 0xd84), 0x8001);
	fixture_write(&gpu, 0xa278, 0x00010000);
	CU_ASSERT_EQUAL(fixture_read(&gpu, 0xd84), 0x8000);
	CU_ASSERT_EQUAL(fixture_read(&gpu, 0x130044), 0);
	fixture_write(&gpu, 0xa188, 0x00010001);
	fixture_write(&gpu, 0xa270, 0x00020002);
	CU_ASSERT_EQUAL(fixture_read(&gpu, 0x130044), 1);
	CU_ASSERT_EQUAL(fixture_read(&gpu, 0xd88), 2);
	fixture_write(&gpu, 0xd88, 0);
	CU_ASSERT_EQUAL(fixture_read(&gpu, 0xd88), 2);
	gpu_free(&gpu);
}

static void test_resets_end_and_rings_stop(void)
{
	static const uint32_t rings[] = { 0x2000, 0x12000, 0x1a000, 0x1c000, 0x22000 };

	fixture_make(&gpu, PORT_HDMI, NULL);
	fixture_write(&gpu, 0x941c, 0xffffffff);
	CU_ASSERT_EQUAL(fixture_read(&gpu, 0x941c), 0);
	for (size_t i = 0; i < sizeof(rings) / sizeof(rings[0]); i++) {
		fixture_write(&gpu, rings[i] + 0x9c, 0x01000100);
		CU_ASSERT_EQUAL(fixture_read(&gpu, rings[i] + 0x9c), 0x300);
		fixture_write(&gpu, rings[i] + 0x9c, 0x01000000);
		CU_ASSERT_EQUAL(fixture_read(&gpu, rings[i] + 0x9c), 0);
		fixture_write(&gpu, rings[i] + 0xd0, 0x00010001);
		CU_ASSERT_EQUAL(fixture_read(&gpu, rings[i] + 0xd0), 3);
	}
	gpu_free(&gpu);
}

static void test_power_wells_are_up_while_anybody_asks(void)
{
	fixture_make(&gpu, PORT_HDMI, NULL);
	CU_ASSERT_EQUAL(fixture_read(&gpu, 0x42000), 0x8e000000);
	fixture_write(&gpu, 0x45404, 0x80000000); /* the driver's request for well 15 */
	CU_ASSERT_EQUAL(fixture_read(&gpu, 0x45404), 0xc0000000);
	CU_ASSERT_EQUAL(fixture_read(&gpu, 0x45400), 0x40000000);
	fixture_write(&gpu, 0x45400, 0x80000000); /* firmware's */
	fixture_write(&gpu, 0x45404, 0);
	CU_ASSERT_EQUAL(fixture_read(&gpu, 0x45404), 0x40000000);
	fixture_write(&gpu, 0x45400, 0x55555555);
	CU_ASSERT_EQUAL(fixture_read(&gpu, 0x45404), 0);
	gpu_free(&gpu);
}

static void test_plls_lock_and_buffers_come_up(void)
{
	static const uint32_t plls[] = { 0x46010, 0x46014, 0x46040, 0x46060 };

	fixture_make(&gpu, PORT_HDMI, NULL);
	for (unsigned int i = 0; i < 4; i++) {
		fixture_write(&gpu, plls[i], 1u << 31);
		CU_ASSERT_EQUAL(fixture_read(&gpu, 0x6c060), 1u << (8 * i));
		fixture_write(&gpu, plls[i], 0);
		CU_ASSERT_EQUAL(fixture_read(&gpu, 0x6c060), 0);
	}
	fixture_write(&gpu, 0x46010, 1u << 31);
	CU_ASSERT_EQUAL(fixture_read(&gpu, 0x46010), 3u << 30);
	fixture_write(&gpu, 0x45008, 1u << 31);
	CU_ASSERT_EQUAL(fixture_read(&gpu, 0x45008), 3u << 30);
	for (uint32_t port = 0; port < 5; port++) {
		CU_ASSERT_EQUAL(fixture_read(&gpu, 0x64000 + 0x100 * port), 0x80);
		fixture_write(&gpu, 0x64000 + 0x100 * port, 1u << 31);
		CU_ASSERT_EQUAL(fixture_read(&gpu, 0x64000 + 0x100 * port), 1u << 31);
		CU_ASSERT_EQUAL(fixture_read(&gpu, 0x64044 + 0x100 * port), 1u << 25);
	}
	fixture_write(&gpu, 0xc7204, 1);
	CU_ASSERT_EQUAL(fixture_read(&gpu, 0xc7200), 0x80000008);
	gpu_free(&gpu);
}

static uint32_t ask_pcode(uint32_t command, uint32_t data)
{
	fixture_write(&gpu, 0x138128, data);
	fixture_write(&gpu, 0x138124, 1u << 31 | command);
	CU_ASSERT_EQUAL(fixture_read(&gpu, 0x138124), 0);
	return fixture_read(&gpu, 0x138128);
}

static void test_the_power_controller_answers(void)
{
	fixture_make(&gpu, PORT_HDMI, NULL);
	CU_ASSERT_EQUAL(ask_pcode(0x06, 0), 0x14100a04);
	CU_ASSERT_EQUAL(ask_pcode(0x06, 1), 0x28241e18);
	CU_ASSERT_EQUAL(ask_pcode(0x07, 3), 1);
	CU_ASSERT_EQUAL(ask_pcode(0x21, 0), 1);
	CU_ASSERT_EQUAL(ask_pcode(0x55, 0xffff), 0);
	/* Without bit 31 it is not asked. */
	fixture_write(&gpu, 0x138128, 5);
	fixture_write(&gpu, 0x138124, 0x07);
	CU_ASSERT_EQUAL(fixture_read(&gpu, 0x138128), 5);
	gpu_free(&gpu);
}

static void test_straps_say_the_port(void)
{
	fixture_make(&gpu, PORT_HDMI, NULL);
	CU_ASSERT_EQUAL(fixture_read(&gpu, 0xc2014), 0x104);
	CU_ASSERT_EQUAL(fixture_read(&gpu, 0x64000) & 1, 0);
	CU_ASSERT_EQUAL(fixture_read(&gpu, 0xc4000), 1u << 21);
	gpu_free(&gpu);
	fixture_make(&gpu, PORT_EDP, NULL);
	CU_ASSERT_EQUAL(fixture_read(&gpu, 0xc2014), 0x100);
	CU_ASSERT_EQUAL(fixture_read(&gpu, 0x64000) & 1, 1);
	CU_ASSERT_EQUAL(fixture_read(&gpu, 0xc4000), 1u << 24);
	gpu_free(&gpu);
}

static void test_each_fault_stops_what_it_names(void)
{
	static const struct {
		const char *fault;
		uint32_t write, value, read, good, bad;
	} rows[] = {
		{ "no-forcewake", 0xa278, 0x00010001, 0xd84, 1, 0 },
		{ "reset-hangs", 0x941c, 1, 0x941c, 0, 1 },
		{ "no-power-wells", 0x45404, 2, 0x45404, 3, 2 },
		{ "pll-no-lock", 0x46010, 1u << 31, 0x6c060, 1, 0 },
		/* Neither wells nor clocks: TRANSCONF stays as a pipe that does not start. */
		{ "no-power-wells", 0x70008, 1u << 31, 0x70008, 3u << 30, 1u << 31 },
		{ "pll-no-lock", 0x70008, 1u << 31, 0x70008, 3u << 30, 1u << 31 },
		/* What a read to which no device answers gives, and a register without a rule. */
		{ "registers-dead", 0x46010, 1u << 31, 0x6c060, 1, ~0u },
		{ "registers-dead", 0x4f060, 7, 0x4f060, 7, ~0u },
		{ "pipe-never-starts", 0x70008, 1u << 31, 0x70008, 3u << 30, 1u << 31 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		fixture_make(&gpu, PORT_HDMI, rows[i].fault);
		fixture_write(&gpu, rows[i].write, rows[i].value);
		CU_ASSERT_EQUAL(fixture_read(&gpu, rows[i].read), rows[i].bad);
		gpu_free(&gpu);
		fixture_make(&gpu, PORT_HDMI, NULL);
		fixture_write(&gpu, rows[i].write, rows[i].value);
		CU_ASSERT_EQUAL(fixture_read(&gpu, rows[i].read), rows[i].good);
		gpu_free(&gpu);
	}
}

static void test_a_fault_can_begin_and_end(void)
{
	uint8_t bar[4] = { 0, 0, 0, 0xe0 }, got[4] = { 0 };

	fixture_make(&gpu, PORT_HDMI, NULL);
	CU_ASSERT_EQUAL(gpu_region_write(&gpu, 7, 0x10, bar, 4), 0);
	fixture_write(&gpu, 0x4f060, 1);
	gpu_fail(&gpu, fault_find("no-forcewake"));
	CU_ASSERT_EQUAL(fixture_read(&gpu, 0x4f060), 0);
	CU_ASSERT_EQUAL(gpu_region_read(&gpu, 7, 0x10, got, 4), 0);
	CU_ASSERT_EQUAL(got[3], 0xe0);
	fixture_write(&gpu, 0xa278, 0x00010001);
	CU_ASSERT_EQUAL(fixture_read(&gpu, 0xd84), 0);
	gpu_fail(&gpu, NULL);
	fixture_write(&gpu, 0xa278, 0x00010001);
	CU_ASSERT_EQUAL(fixture_read(&gpu, 0xd84), 1);
	gpu_free(&gpu);
}

static void test_the_io_bar_reaches_registers(void)
{
	uint32_t at = 0x4f060, value = 0x11223344, beyond = GPU_GGTT_FROM, got = 0;

	fixture_make(&gpu, PORT_HDMI, NULL);
	CU_ASSERT_EQUAL(gpu_region_write(&gpu, 4, 0, (uint8_t *)&at, 4), 0);
	CU_ASSERT_EQUAL(gpu_region_write(&gpu, 4, 4, (uint8_t *)&value, 4), 0);
	CU_ASSERT_EQUAL(fixture_read(&gpu, 0x4f060), value);
	CU_ASSERT_EQUAL(gpu_region_read(&gpu, 4, 4, (uint8_t *)&got, 4), 0);
	CU_ASSERT_EQUAL(got, value);
	CU_ASSERT_EQUAL(gpu_region_write(&gpu, 4, 0, (uint8_t *)&beyond, 4), 0);
	CU_ASSERT_EQUAL(gpu_region_write(&gpu, 4, 4, (uint8_t *)&value, 4), 0);
	CU_ASSERT_EQUAL(gpu_region_read(&gpu, 4, 4, (uint8_t *)&got, 4), 0);
	CU_ASSERT_EQUAL(got, 0xffffffff);
	CU_ASSERT_EQUAL(gpu_ggtt_entry(&gpu, 0), 0);
	gpu_free(&gpu);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "a register without a rule is memory", test_a_register_without_a_rule_is_memory },
		{ "an access may have any size", test_an_access_may_have_any_size },
		{ "a wrong table is refused", test_a_wrong_table_is_refused },
		{ "every row says its name and why", test_every_row_says_its_name_and_why },
		{ "forcewake is acknowledged", test_forcewake_is_acknowledged },
		{ "resets end and rings stop", test_resets_end_and_rings_stop },
		{ "power wells are up while anybody asks",
			test_power_wells_are_up_while_anybody_asks },
		{ "PLLs lock and buffers come up", test_plls_lock_and_buffers_come_up },
		{ "the power controller answers", test_the_power_controller_answers },
		{ "straps say the port", test_straps_say_the_port },
		{ "each fault stops what it names", test_each_fault_stops_what_it_names },
		{ "a fault can begin and end", test_a_fault_can_begin_and_end },
		{ "the I/O BAR reaches registers", test_the_io_bar_reaches_registers },
		CU_TEST_INFO_NULL,
	};

	return suite_main("registers", tests);
}
