#include "ci/lab/gpu/pci.h"

#include <errno.h>
#include <linux/pci_regs.h>
#include <linux/vfio.h>

#include "ci/lab/gpu/fixture.h"

static struct gpu gpu;

static void config_write(uint32_t at, uint32_t value, size_t count)
{
	CU_ASSERT_EQUAL(gpu_region_write(&gpu, VFIO_PCI_CONFIG_REGION_INDEX, at,
				(const uint8_t *)&value, count),
		0);
}

/* What a write of ones leaves: how an operating system sizes a BAR. */
static uint32_t size_of(uint32_t at)
{
	config_write(at, 0xffffffff, 4);
	return pci_get(&gpu, at);
}

static void test_it_is_a_coffee_lake(void)
{
	fixture_make(&gpu, PORT_HDMI, NULL);
	CU_ASSERT_EQUAL(pci_get(&gpu, 0), 0x3e928086);
	CU_ASSERT_EQUAL(pci_get(&gpu, 8), 0x03000000);
	CU_ASSERT_EQUAL(pci_get(&gpu, 0x50) & 0xffff, 0x01c1);
	for (uint32_t at = 0; at < 4; at++)
		config_write(at, 0, 1);
	config_write(0x50, 0, 4);
	CU_ASSERT_EQUAL(pci_get(&gpu, 0), 0x3e928086);
	CU_ASSERT_EQUAL(pci_get(&gpu, 0x50) & 0xffff, 0x01c1);
	gpu_free(&gpu);
}

static void test_bars_have_their_sizes(void)
{
	fixture_make(&gpu, PORT_HDMI, NULL);
	CU_ASSERT_EQUAL(size_of(0x10), 0xff000004); /* 16 MiB, 64 bits */
	CU_ASSERT_EQUAL(size_of(0x14), 0xffffffff);
	CU_ASSERT_EQUAL(size_of(0x18), 0xf000000c); /* 256 MiB, 64 bits, prefetchable */
	CU_ASSERT_EQUAL(size_of(0x20), 0xffffffc1); /* 64 ports */
	CU_ASSERT_EQUAL(size_of(0x24), 0);
	CU_ASSERT_EQUAL(size_of(0x30), 0);
	gpu_free(&gpu);
}

static void test_the_fault_leaves_bar_2_out(void)
{
	struct gpu_region region;
	uint8_t byte = 0;

	fixture_make(&gpu, PORT_HDMI, "no-aperture");
	for (int resets = 0; resets < 2; resets++) {
		CU_ASSERT_EQUAL(size_of(0x10), 0xff000004);
		CU_ASSERT_EQUAL(size_of(0x18), 0);
		CU_ASSERT_EQUAL(size_of(0x1c), 0);
		CU_ASSERT_EQUAL(size_of(0x20), 0xffffffc1);
		CU_ASSERT_EQUAL(gpu_region(&gpu, VFIO_PCI_BAR2_REGION_INDEX, &region), 0);
		CU_ASSERT_EQUAL(region.size, 0);
		CU_ASSERT_EQUAL(region.map_size, 0);
		CU_ASSERT_EQUAL(region.flags, 0);
		CU_ASSERT_EQUAL(region.fd, -1);
		CU_ASSERT_EQUAL(
			gpu_region_read(&gpu, VFIO_PCI_BAR2_REGION_INDEX, 0, &byte, 1), -EINVAL);
		CU_ASSERT_EQUAL(
			gpu_region_write(&gpu, VFIO_PCI_BAR2_REGION_INDEX, 0, &byte, 1), -EINVAL);
		gpu_reset(&gpu);
	}
	gpu_free(&gpu);
}

static void test_the_capabilities_are_a_list(void)
{
	static const uint8_t ids[] = { PCI_CAP_ID_VNDR, PCI_CAP_ID_MSI, PCI_CAP_ID_PM };
	size_t n = 0;

	fixture_make(&gpu, PORT_HDMI, NULL);
	CU_ASSERT_TRUE(gpu.pci.bytes[PCI_STATUS] & PCI_STATUS_CAP_LIST);
	for (uint8_t at = gpu.pci.bytes[PCI_CAPABILITY_LIST]; at && n < 4;
		at = gpu.pci.bytes[at + 1], n++) {
		CU_ASSERT_FATAL(n < 3);
		CU_ASSERT_EQUAL(gpu.pci.bytes[at], ids[n]);
	}
	CU_ASSERT_EQUAL(n, 3);
	config_write(0xae, 0xffff, 2);
	CU_ASSERT_EQUAL(pci_get(&gpu, 0xac) >> 16, PCI_MSI_FLAGS_ENABLE);
	config_write(0xd4, 3, 2);
	CU_ASSERT_EQUAL(pci_get(&gpu, 0xd4) & 3, 3);
	gpu_free(&gpu);
}

static void test_firmware_may_write_bdsm_and_asls(void)
{
	struct gpu_options options;

	fixture_make(&gpu, PORT_HDMI, NULL);
	config_write(0x5c, 0x7c000000, 4);
	config_write(0xfc, 0x7bffe000, 4);
	CU_ASSERT_EQUAL(pci_get(&gpu, 0x5c), 0x7c000000);
	CU_ASSERT_EQUAL(pci_get(&gpu, 0xfc), 0x7bffe000);
	gpu_reset(&gpu);
	CU_ASSERT_EQUAL(pci_get(&gpu, 0xfc), 0);
	options = gpu.options;
	gpu_free(&gpu);
	/* Or the command line says them: then a reset brings them back. */
	options.asls = 0x12345000;
	options.bdsm = 0x20000000;
	CU_ASSERT_EQUAL_FATAL(gpu_init(&gpu, &options), 0);
	config_write(0xfc, 0, 4);
	gpu_reset(&gpu);
	CU_ASSERT_EQUAL(pci_get(&gpu, 0xfc), 0x12345000);
	CU_ASSERT_EQUAL(pci_get(&gpu, 0x5c), 0x20000000);
	gpu_free(&gpu);
	fixture_make(&gpu, PORT_HDMI, "config-writes-lost");
	config_write(0xfc, 0x7bffe000, 4);
	CU_ASSERT_EQUAL(pci_get(&gpu, 0xfc), 0);
	gpu_free(&gpu);
}

static void test_a_rom_is_read_and_sized(void)
{
	static uint8_t rom[3000];
	struct gpu_options options;
	uint8_t bytes[8];

	memset(rom, 0x5a, sizeof(rom));
	fixture_make(&gpu, PORT_HDMI, NULL);
	options = gpu.options;
	gpu_free(&gpu);
	options.rom = rom;
	options.rom_size = sizeof(rom);
	CU_ASSERT_EQUAL_FATAL(gpu_init(&gpu, &options), 0);
	CU_ASSERT_EQUAL(size_of(0x30), 0xfffff001); /* 4 KiB, enabled */
	CU_ASSERT_EQUAL(gpu_region_read(&gpu, VFIO_PCI_ROM_REGION_INDEX, 2996, bytes, 8), 0);
	CU_ASSERT_EQUAL(memcmp(bytes, "\x5a\x5a\x5a\x5a\xff\xff\xff\xff", 8), 0);
	CU_ASSERT_EQUAL(gpu_region_read(&gpu, VFIO_PCI_ROM_REGION_INDEX, 4092, bytes, 8), -EINVAL);
	CU_ASSERT_EQUAL(gpu_region_write(&gpu, VFIO_PCI_ROM_REGION_INDEX, 0, bytes, 8), -EINVAL);
	gpu_free(&gpu);
}

static void test_an_access_beyond_is_refused(void)
{
	uint8_t bytes[16] = { 0 };

	fixture_make(&gpu, PORT_HDMI, NULL);
	CU_ASSERT_EQUAL(
		gpu_region_read(&gpu, VFIO_PCI_CONFIG_REGION_INDEX, 248, bytes, 16), -EINVAL);
	CU_ASSERT_EQUAL(
		gpu_region_write(&gpu, VFIO_PCI_CONFIG_REGION_INDEX, 256, bytes, 1), -EINVAL);
	CU_ASSERT_EQUAL(gpu_region_read(&gpu, VFIO_PCI_BAR1_REGION_INDEX, 0, bytes, 1), -EINVAL);
	CU_ASSERT_EQUAL(gpu_region_read(&gpu, VFIO_PCI_ROM_REGION_INDEX, 0, bytes, 1), -EINVAL);
	CU_ASSERT_EQUAL(gpu_region_read(&gpu, VFIO_PCI_VGA_REGION_INDEX, 0, bytes, 1), -EINVAL);
	CU_ASSERT_EQUAL(gpu_region_read(&gpu, 4000000000u, 0, bytes, 1), -EINVAL);
	gpu_free(&gpu);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "it is a Coffee Lake", test_it_is_a_coffee_lake },
		{ "BARs have their sizes", test_bars_have_their_sizes },
		{ "the fault leaves BAR 2 out", test_the_fault_leaves_bar_2_out },
		{ "the capabilities are a list", test_the_capabilities_are_a_list },
		{ "firmware may write BDSM and ASLS", test_firmware_may_write_bdsm_and_asls },
		{ "a ROM is read and sized", test_a_rom_is_read_and_sized },
		{ "an access beyond is refused", test_an_access_beyond_is_refused },
		CU_TEST_INFO_NULL,
	};

	return suite_main("pci", tests);
}
