#include "ci/lab/phantom/phantom.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "src/suite.h"

static const char list_text[] = "# a comment\n"
				"\n"
				"old 0x8086 0x0412 0x030000 0x0209 0x5c 0x7c000001 HASWELL\n"
				"new\t0x8086 0xa7a0 0x038000 0xfec1 0xc0 0x7c400001 RAPTORLAKE\n";

/* Finds a name in a text; the answer is phantom_find()'s. */
static int find(const char *text, const char *name, struct phantom *phantom_r, struct problem *why)
{
	FILE *list = fmemopen((char *)(uintptr_t)text, strlen(text), "r");
	int r;

	CU_ASSERT_PTR_NOT_NULL_FATAL(list);
	r = phantom_find(list, name, phantom_r, why);
	fclose(list);
	return r;
}

static uint32_t u32(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
	       (uint32_t)bytes[3] << 24;
}

static uint8_t sum(const uint8_t *bytes, size_t size)
{
	uint8_t total = 0;

	while (size > 0)
		total = (uint8_t)(total + bytes[--size]);
	return total;
}

static void a_phantom_is_found_by_its_name(void)
{
	struct phantom phantom;

	CU_ASSERT_EQUAL_FATAL(find(list_text, "new", &phantom, NULL), 0);
	CU_ASSERT_STRING_EQUAL(phantom.name, "new");
	CU_ASSERT_EQUAL(phantom.vendor, 0x8086);
	CU_ASSERT_EQUAL(phantom.device, 0xa7a0);
	CU_ASSERT_EQUAL(phantom.class, 0x038000);
	CU_ASSERT_EQUAL(phantom.gmch, 0xfec1);
	CU_ASSERT_EQUAL(phantom.bdsm_at, 0xc0);
	CU_ASSERT_EQUAL(phantom.bdsm, 0x7c400001);
	CU_ASSERT_STRING_EQUAL(phantom.platform, "RAPTORLAKE");
}

static void an_unknown_name_is_answered_with_all_there_are(void)
{
	struct problem why = { 0 };
	struct phantom phantom;

	CU_ASSERT_EQUAL(find(list_text, "none", &phantom, &why), -ENOENT);
	CU_ASSERT_STRING_EQUAL(why.text, "there is no phantom 'none'; there are: old new");
}

static void a_wrong_line_is_refused_by_its_number(void)
{
	static const char *const wrong[] = { "a 0x8086 0x0412 0x030000 0x0209 0x5c 0x7c000001\n",
		"a 0x8086 0x0412 0x030000 0x0209 0x60 0x7c000001 HASWELL\n",
		"a 0x8086 0x0412 0x030000 0x0209 0x5c 0x7c000001 HASWELL more\n",
		"a 0x8086 0x0412 0x030000 0x0209 0x5c 0x7c000001 TOOLONGFORAVBTS\n",
		"a/b 0x8086 0x0412 0x030000 0x0209 0x5c 0x7c000001 HASWELL\n" };
	struct phantom phantom;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct problem why = { 0 };

		CU_ASSERT_EQUAL(find(wrong[i], "a", &phantom, &why), -EINVAL);
		CU_ASSERT_STRING_EQUAL(why.text, "line 1 of the list of phantoms is wrong");
	}
}

static void the_list_of_the_tree_is_right(void)
{
	static const struct {
		const char *name;
		uint16_t device;
		uint32_t class;
	} known[] = { { "haswell", 0x0412, 0x030000 }, { "broadwell", 0x1616, 0x030000 },
		{ "skylake", 0x1912, 0x030000 }, { "coffee-lake", 0x3e92, 0x030000 },
		{ "alder-lake", 0x46a6, 0x030000 }, { "raptor-lake", 0xa7a0, 0x038000 } };
	const char *root = getenv("SOURCE_ROOT");
	char path[4096];

	snprintf(path, sizeof(path), "%s/ci/lab/phantom/phantoms", root ? root : ".");
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		FILE *list = fopen(path, "re");
		struct phantom phantom;

		CU_ASSERT_PTR_NOT_NULL_FATAL(list);
		CU_ASSERT_EQUAL_FATAL(phantom_find(list, known[i].name, &phantom, NULL), 0);
		fclose(list);
		CU_ASSERT_EQUAL(phantom.vendor, 0x8086);
		CU_ASSERT_EQUAL(phantom.device, known[i].device);
		CU_ASSERT_EQUAL(phantom.class, known[i].class);
	}
}

static void configuration_space_becomes_the_phantoms(void)
{
	uint8_t config[PHANTOM_CONFIG_MIN] = { [4] = 0x07, [0x10] = 0x08, [0xc4] = 0xff };
	struct phantom phantom;

	CU_ASSERT_EQUAL_FATAL(find(list_text, "old", &phantom, NULL), 0);
	phantom_fill_config(&phantom, 0xfe000018, config);
	CU_ASSERT_EQUAL(u32(config), 0x04128086);
	CU_ASSERT_EQUAL(u32(config + 8), 0x03000000);
	CU_ASSERT_EQUAL(u32(config + 0x50), 0x0209);
	CU_ASSERT_EQUAL(u32(config + 0x5c), 0x7c000001);
	CU_ASSERT_EQUAL(u32(config + 0xc0), 0);
	CU_ASSERT_EQUAL(u32(config + 0xc4), 0xff);
	CU_ASSERT_EQUAL(u32(config + 0xfc), 0xfe000018);
	/* The rest stays the device's own: command, BARs. */
	CU_ASSERT_EQUAL(config[4], 0x07);
	CU_ASSERT_EQUAL(config[0x10], 0x08);

	CU_ASSERT_EQUAL_FATAL(find(list_text, "new", &phantom, NULL), 0);
	memset(config, 0, sizeof(config));
	config[0xc4] = 0xff;
	phantom_fill_config(&phantom, 0, config);
	CU_ASSERT_EQUAL(u32(config + 8), 0x03800000);
	CU_ASSERT_EQUAL(u32(config + 0x5c), 0);
	CU_ASSERT_EQUAL(u32(config + 0xc0), 0x7c400001);
	CU_ASSERT_EQUAL(u32(config + 0xc4), 0);
	CU_ASSERT_EQUAL(u32(config + 0xfc), 0);
}

static void the_rom_is_one_that_firmware_takes(void)
{
	static uint8_t rom[PHANTOM_ROM_SIZE];
	struct phantom phantom;
	uint32_t pcir;

	CU_ASSERT_EQUAL_FATAL(find(list_text, "new", &phantom, NULL), 0);
	phantom_fill_rom(&phantom, rom);
	CU_ASSERT_EQUAL(u32(rom) & 0xffff, 0xaa55);
	CU_ASSERT_EQUAL(rom[2] * 512, PHANTOM_ROM_SIZE);
	CU_ASSERT_EQUAL(sum(rom, sizeof(rom)), 0);
	pcir = u32(rom + 0x18) & 0xffff;
	CU_ASSERT_TRUE_FATAL(pcir + 0x18 <= sizeof(rom) && pcir % 4 == 0);
	CU_ASSERT_EQUAL(memcmp(rom + pcir, "PCIR", 4), 0);
	CU_ASSERT_EQUAL(u32(rom + pcir + 4), 0xa7a08086);
	CU_ASSERT_EQUAL(u32(rom + pcir + 0xc) >> 8, 0x038000);
	CU_ASSERT_EQUAL(rom[pcir + 0x14], 0);
	CU_ASSERT_EQUAL(rom[pcir + 0x15], 0x80);
}

static void the_opregion_says_what_it_is(void)
{
	static uint8_t opregion[PHANTOM_OPREGION_SIZE];
	const uint8_t *vbt = opregion + 0x400;
	struct phantom phantom;

	CU_ASSERT_EQUAL_FATAL(find(list_text, "new", &phantom, NULL), 0);
	phantom_fill_opregion(&phantom, opregion);
	CU_ASSERT_EQUAL(memcmp(opregion, "IntelGraphicsMem", 16), 0);
	CU_ASSERT_EQUAL(u32(opregion + 0x10), 8);
	CU_ASSERT_EQUAL(u32(opregion + 0x14), 0x02010000);
	CU_ASSERT_EQUAL(memcmp(opregion + 0x18, "igd-harness phantom", 20), 0);
	CU_ASSERT_EQUAL(u32(opregion + 0x58), 0x0f);
	CU_ASSERT_EQUAL(memcmp(vbt, "$VBT RAPTORLAKE     ", 20), 0);
	CU_ASSERT_EQUAL(sum(vbt, u32(vbt + 24) & 0xffff), 0);
	CU_ASSERT_EQUAL(memcmp(vbt + u32(vbt + 28), "BIOS_DATA_BLOCK ", 16), 0);
}

static void a_cover_is_seen_in_mountinfo(void)
{
	static const char text[] =
		"23 28 0:21 / /sys rw,nosuid - sysfs sysfs rw\n"
		"40 23 0:25 /igd-phantom/rom /sys/devices/pci0000:00/0000:00:02.0/rom rw - tmpfs x rw\n"
		"cut\n";
	FILE *file;

	file = fmemopen((char *)(uintptr_t)text, sizeof(text) - 1, "r");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	CU_ASSERT_TRUE(cover_in(file, "/sys/devices/pci0000:00/0000:00:02.0/rom"));
	rewind(file);
	CU_ASSERT_FALSE(cover_in(file, "/sys/devices/pci0000:00/0000:00:02.0"));
	fclose(file);
}

static CU_TestInfo tests[] = {
	{ "a phantom is found by its name", a_phantom_is_found_by_its_name },
	{ "an unknown name is answered with all there are",
		an_unknown_name_is_answered_with_all_there_are },
	{ "a wrong line is refused by its number", a_wrong_line_is_refused_by_its_number },
	{ "the list of the tree is right", the_list_of_the_tree_is_right },
	{ "configuration space becomes the phantom's", configuration_space_becomes_the_phantoms },
	{ "the ROM is one that firmware takes", the_rom_is_one_that_firmware_takes },
	{ "the OpRegion says what it is", the_opregion_says_what_it_is },
	{ "a cover is seen in mountinfo", a_cover_is_seen_in_mountinfo },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	return suite_main("phantom", tests);
}
