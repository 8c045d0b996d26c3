/*
 * Outputs of lspci in the forms that people send. The bytes are made: 8086:5917 is Kaby Lake R's
 * GT2 (Linux' include/drm/intel/pciids.h), 8086:a788 Raptor Lake-S'. The forms are those of
 * pciutils 3.9 (lspci.c: show_terse(), show_machine(), show_verbose(), show_hex_dump()).
 */
#include "harness/host/lspci_text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "src/document.h"
#include "src/suite.h"

/* A function at 00:02.0 with the first two rows of its configuration space. */
#define ROW_0 "00: 86 80 17 59 07 04 10 00 07 00 00 03 10 00 00 00\n"
#define ROW_1 "10: 04 00 00 b2 00 00 00 00 0c 00 00 c0 00 00 00 00\n"
#define NAME  " VGA compatible controller: Intel Corporation UHD Graphics 620 (rev 07)\n"
#define BRIDGE                                                                                     \
	"00:00.0 Host bridge: Intel Corporation Host Bridge (rev 08)\n"                            \
	"00: 86 80 14 59 06 00 90 20 08 00 00 06 00 00 00 00\n"
#define LATER  "00:1f.0 ISA bridge: Intel Corporation Device 9d4e (rev 21)\n"
#define IS_IGD 0x5917

static struct lspci_text text;

static int reads(const char *dump, struct problem *why)
{
	struct record record = { .name = "file", .text = (char *)dump, .length = strlen(dump) };

	return lspci_text_read(&record, &text, why);
}

static const struct lspci_function *find(uint32_t domain, uint8_t bus, uint8_t slot)
{
	const struct bdf where = { .domain = domain, .bus = bus, .slot = slot };

	for (size_t i = 0; i < text.count; i++) {
		if (bdf_equal(text.functions[i].where, where))
			return &text.functions[i];
	}
	return NULL;
}

static void every_form_with_bytes_is_read(void)
{
	static const char *const forms[] = {
		"00:02.0" NAME ROW_0 ROW_1,
		"0000:00:02.0" NAME ROW_0 ROW_1,
		/* upper case, CR LF, as a serial line or Windows writes them */
		"00:02.0 VGA compatible controller\r\n"
		"00: 86 80 17 59 07 04 10 00 07 00 00 03 10 00 00 00\r\n"
		"10: 04 00 00 B2 00 00 00 00 0C 00 00 C0 00 00 00 00\r\n",
		/* quoted, twice quoted, indented */
		"> 00:02.0" NAME "> " ROW_0 "> " ROW_1,
		">> 00:02.0" NAME ">> " ROW_0 ">> " ROW_1,
		"    00:02.0" NAME "    " ROW_0 "    " ROW_1,
		"\t00:02.0" NAME "\t" ROW_0 "\t" ROW_1,
		"| 00:02.0" NAME "| " ROW_0 "| " ROW_1,
		/* prefixes of dmesg, hypervisor.log, journalctl, journalctl -o short-iso, ts */
		"[    1.234567] 00:02.0" NAME "[    1.234600] " ROW_0 "[    1.234601] " ROW_1,
		"[2026-11-29 08:41:00] 00:02.0" NAME "[2026-11-29 08:41:00] " ROW_0
		"[2026-11-29 08:41:00] " ROW_1,
		"Nov 29 08:41:00 dom0 lspci[123]: 00:02.0" NAME
		"Nov 29 08:41:00 dom0 lspci[123]: " ROW_0 "Nov 29 08:41:01 dom0 lspci[123]: " ROW_1,
		"2026-11-29T08:41:00+0100 dom0 lspci[123]: 00:02.0" NAME
		"2026-11-29T08:41:00+0100 dom0 lspci[123]: " ROW_0
		"2026-11-29T08:41:00+0100 dom0 lspci[123]: " ROW_1,
		"Nov  9 08:41:00 00:02.0" NAME "Nov  9 08:41:00 " ROW_0 "Nov  9 08:41:00 " ROW_1,
		"08:41:00 00:02.0" NAME "08:41:00 " ROW_0 "08:41:00 " ROW_1,
		/* nl or `cat -n`, `grep -n`, `grep -n -A`, items of a list */
		"     1\t00:02.0" NAME "     2\t" ROW_0 "     3\t" ROW_1,
		"9:00:02.0" NAME "10:" ROW_0 "11:" ROW_1,
		"17:0000:00:02.0" NAME "18-" ROW_0 "19-" ROW_1,
		"- 00:02.0" NAME "- " ROW_0 "- " ROW_1,
		"- `00:02.0" NAME "`" ROW_0 "`" ROW_1,
		/* a byte order mark, escape sequences of a terminal */
		"\xef\xbb\xbf"
		"00:02.0" NAME ROW_0 ROW_1,
		"\033[1m00:02.0\033[0m" NAME ROW_0 "\033[K" ROW_1,
		/* blank lines between all, and none before the next function */
		"00:02.0" NAME "\n" ROW_0 "\n" ROW_1 "\n",
		BRIDGE "00:02.0" NAME ROW_0 ROW_1 LATER,
		/* a paste with the commands, noise of lspci, other words */
		"[user@dom0 ~]$ sudo lspci -xxx -s 02.0\n"
		"pcilib: sysfs_read_vpd: read failed: Input/output error\n"
		"00:02.0" NAME "\tSubsystem: XIAOMI Device 1701\n"
		"\tCapabilities: [40] Vendor Specific Information: Len=0c <?>\n" ROW_0 ROW_1
		"[user@dom0 ~]$ exit\n",
		/* the same function twice, as -v and as -xxx write it */
		"00:02.0" NAME "\tKernel driver in use: i915\n\n00:02.0" NAME ROW_0 ROW_1,
		"00:02.0" NAME ROW_0 "00:02.0" NAME ROW_0 ROW_1,
	};

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		const struct lspci_function *igd;

		CU_ASSERT_EQUAL_FATAL(reads(forms[i], NULL), 0);
		igd = find(0, 0, 2);
		CU_ASSERT_PTR_NOT_NULL_FATAL(igd);
		if (igd->config_bytes != 32)
			printf("form %zu: %zu bytes\n", i, igd->config_bytes);
		CU_ASSERT_EQUAL_FATAL(igd->config_bytes, 32);
		CU_ASSERT_EQUAL(igd->config[2] | igd->config[3] << 8, IS_IGD);
		CU_ASSERT_EQUAL(igd->config[0x13], 0xb2);
		lspci_text_free(&text);
	}
}

static void utf_16_is_read(void)
{
	static const char dump[] = "00:02.0" NAME ROW_0;
	char wide[2 + 2 * sizeof(dump)] = "\xff\xfe", swapped[sizeof(wide)] = "\xfe\xff";
	struct record record = { .name = "file", .length = 2 + 2 * (sizeof(dump) - 1) };

	for (size_t i = 0; i < sizeof(dump) - 1; i++) {
		wide[2 + 2 * i] = dump[i];
		swapped[3 + 2 * i] = dump[i];
	}
	for (int pass = 0; pass < 2; pass++) {
		record.text = pass ? swapped : wide;
		CU_ASSERT_EQUAL_FATAL(lspci_text_read(&record, &text, NULL), 0);
		CU_ASSERT_EQUAL(find(0, 0, 2)->config_bytes, 16);
		lspci_text_free(&text);
	}
}

/* The same function in words, by each of lspci's options. */
static const struct {
	const char *dump;
	int32_t vendor, device, class, revision;
	const char *driver;
} words[] = {
	{ "00:02.0 VGA compatible controller [0300]: Intel Corporation UHD Graphics 620 [8086:5917] "
	  "(rev 07) (prog-if 00 [VGA controller])\n"
	  "\tSubsystem: XIAOMI [XM] Device [1d72:1701]\n"
	  "\tKernel driver in use: i915\n\tKernel modules: i915, xe\n",
		0x8086, IS_IGD, 0x030000, 7, "i915" },
	{ "> 0000:00:02.0 Display controller [0380]: Intel Corporation Device [8086:5917] (rev 07)\n"
	  "> \tKernel driver in use: xen_pciback\n",
		0x8086, IS_IGD, 0x038000, 7, "xen_pciback" },
	{ "00:02.0 0300: 8086:5917 (rev 07)\n", 0x8086, IS_IGD, 0x030000, 7, "" },
	{ "00:02.0 Class 0300: 8086:5917 (rev 07)\n", 0x8086, IS_IGD, 0x030000, 7, "" },
	{ "00:02.0 VGA compatible controller: Intel Corporation Device 5917 (rev 07)\n", 0x8086,
		IS_IGD, 0x030000, 7, "" },
	{ "00:02.0" NAME, 0x8086, -1, 0x030000, 7, "" },
	{ "00:02.0 \"VGA compatible controller [0300]\" \"Intel Corporation [8086]\" "
	  "\"UHD Graphics 620 [5917]\" -r07 -p00 \"XIAOMI [1d72]\" \"Device [1701]\"\n",
		0x8086, IS_IGD, 0x030000, 7, "" },
	{ "00:02.0 \"0300\" \"8086\" \"5917\" -r07 -p00 \"1d72\" \"1701\"\n", 0x8086, IS_IGD,
		0x030000, 7, "" },
	{ "00:02.0 \"VGA compatible controller\" \"Intel Corporation\" \"Device 5917\" -r07 \"\" \"\"\n",
		0x8086, IS_IGD, 0x030000, 7, "" },
	{ "Slot:\t00:02.0\nClass:\tVGA compatible controller [0300]\nVendor:\tIntel Corporation [8086]\n"
	  "Device:\tUHD Graphics 620 [5917]\nSVendor:\tXIAOMI [1d72]\nSDevice:\tDevice [1701]\n"
	  "Rev:\t07\nDriver:\ti915\nModule:\ti915\nIOMMUGroup:\t0\n",
		0x8086, IS_IGD, 0x030000, 7, "i915" },
	{ "Slot:\t0000:00:02.0\nClass:\t0300\nVendor:\t8086\nDevice:\t5917\nRev:\t07\n", 0x8086,
		IS_IGD, 0x030000, 7, "" },
	{ "Device:\t00:02.0\nClass:\t0300\nVendor:\t8086\nDevice:\t5917\nRev:\t07\n", 0x8086,
		IS_IGD, 0x030000, 7, "" },
	{ "00:01.0/00:02.0 VGA compatible controller [0300]: Intel Corporation Device [8086:5917]\n",
		0x8086, IS_IGD, 0x030000, -1, "" },
};

static void every_form_of_words_is_read(void)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		const struct lspci_function *igd;

		CU_ASSERT_EQUAL_FATAL(reads(words[i].dump, NULL), 0);
		igd = find(0, 0, 2);
		CU_ASSERT_PTR_NOT_NULL_FATAL(igd);
		if (igd->words.device != words[i].device || igd->words.class != words[i].class)
			printf("words %zu: device %x, class %x\n", i, (unsigned)igd->words.device,
				(unsigned)igd->words.class);
		CU_ASSERT_PTR_NULL(igd->config);
		CU_ASSERT_EQUAL(igd->words.vendor, words[i].vendor);
		CU_ASSERT_EQUAL(igd->words.device, words[i].device);
		CU_ASSERT_EQUAL(igd->words.class, words[i].class);
		CU_ASSERT_EQUAL(igd->words.revision, words[i].revision);
		CU_ASSERT_STRING_EQUAL(igd->words.driver, words[i].driver);
		lspci_text_free(&text);
	}
}

/* A file that is no output of lspci, and one whose device lines were cut off. */
static void a_file_without_devices_is_refused_by_name(void)
{
	static const char *const files[] = { "", "\n\n\n", "root:x:0:0:root:/root:/bin/bash\n",
		"\x7f"
		"ELF\x02\x01\x01",
		ROW_0 ROW_1, "-[0000:00]---02.0  Intel Corporation\n",
		"-[0000:00]-+-00.0  Intel Corporation Host Bridge\n           +-02.0  Intel\n",
		"[    0.5] pci 0000:00:02.0: [8086:5917] type 00 class 0x030000\n" };

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct problem why = { 0 };

		CU_ASSERT_EQUAL(reads(files[i], &why), -EINVAL);
		CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "file: the file has no PCI device"));
	}
}

static void two_machines_in_one_file_are_refused(void)
{
	static const char *const files[] = {
		"00:02.0" NAME ROW_0 "00:02.0" NAME
		"00: 86 80 26 01 07 04 90 00 09 00 00 03 00 00 00 00\n",
		"00:02.0 0300: 8086:5917\n00:02.0 0300: 8086:0126\n"
	};

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct problem why = { 0 };

		CU_ASSERT_EQUAL(reads(files[i], &why), -EINVAL);
		CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "two machines"));
	}
}

/* Without a blank line before it, a function of VMD was taken for a continuation of the IGD. */
static void a_function_behind_vmd_is_its_own(void)
{
	CU_ASSERT_EQUAL_FATAL(reads(BRIDGE "00:02.0" NAME ROW_0 ROW_1
					   "10000:e0:06.0 PCI bridge: Intel Corporation\n"
					   "00: 86 80 09 9a 07 04 10 00 01 00 04 06 00 00 01 00\n",
				      NULL),
		0);
	CU_ASSERT_EQUAL(text.count, 3);
	CU_ASSERT_EQUAL(find(0, 0, 2)->config[2], 0x17);
	CU_ASSERT_PTR_NOT_NULL_FATAL(find(0x10000, 0xe0, 6));
	CU_ASSERT_EQUAL(find(0x10000, 0xe0, 6)->config[2], 0x09);
	/* An address with a slot that no bus has is nobody's. */
	lspci_text_free(&text);
	CU_ASSERT_EQUAL_FATAL(reads("00:02.0" NAME ROW_0 "00:3f.0 PCI bridge: x\n" ROW_0, NULL), 0);
	CU_ASSERT_EQUAL(text.count, 1);
	lspci_text_free(&text);
}

/* Rows whose own function line is lost, as in a paste that was cut. */
static void a_row_without_its_function_is_nobodys(void)
{
	CU_ASSERT_EQUAL_FATAL(reads("00:02.0" NAME ROW_0 "30: 00 00 00 00\n" ROW_1, NULL), 0);
	CU_ASSERT_EQUAL(find(0, 0, 2)->config_bytes, 16);
	lspci_text_free(&text);
	/* A function that does not answer has no configuration space: the words count. */
	CU_ASSERT_EQUAL_FATAL(reads("00:02.0 0300: 8086:5917\n"
				    "00: ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff\n",
				      NULL),
		0);
	CU_ASSERT_PTR_NULL(find(0, 0, 2)->config);
	CU_ASSERT_EQUAL(find(0, 0, 2)->words.device, IS_IGD);
	lspci_text_free(&text);
}

static void a_part_of_a_machine_is_no_whole_one(void)
{
	static const struct {
		const char *dump;
		bool whole;
	} dumps[] = { { "00:02.0" NAME ROW_0, false }, { BRIDGE, false },
		{ BRIDGE "00:02.0" NAME ROW_0, false }, { "00:02.0" NAME ROW_0 LATER, false },
		{ BRIDGE "00:02.0" NAME ROW_0 LATER, true },
		{ BRIDGE "03:00.0 0300: 10de:1234\n", true } };

	for (size_t i = 0; i < sizeof(dumps) / sizeof(dumps[0]); i++) {
		CU_ASSERT_EQUAL_FATAL(reads(dumps[i].dump, NULL), 0);
		CU_ASSERT_EQUAL(text.whole, dumps[i].whole);
		lspci_text_free(&text);
	}
}

static void words_and_bytes_make_one_section(void)
{
	const json_t *list, *igd;
	json_t *section = NULL;

	CU_ASSERT_EQUAL_FATAL(
		reads(BRIDGE "00:02.0" NAME "\tKernel driver in use: i915\n" ROW_0 LATER, NULL), 0);
	CU_ASSERT_EQUAL_FATAL(lspci_text_json(&text, "/dev/null", NULL, &section, NULL), 0);
	list = json_object_get(section, "functions");
	CU_ASSERT_EQUAL_FATAL(json_array_size(list), 3);
	igd = json_array_get(list, 1);
	CU_ASSERT_STRING_EQUAL(document_text(igd, "address"), "0000:00:02.0");
	CU_ASSERT_STRING_EQUAL(document_text(igd, "device"), "0x5917");
	CU_ASSERT_STRING_EQUAL(document_text(igd, "driver"), "i915");
	/* No word of a driver is no word that there is none. */
	CU_ASSERT_PTR_NULL(json_object_get(json_array_get(list, 0), "driver"));
	CU_ASSERT_STRING_EQUAL(document_text(json_array_get(list, 2), "device"), "0x9d4e");
	CU_ASSERT_STRING_EQUAL(document_text(json_array_get(list, 2), "class"), "0x060100");
	CU_ASSERT_STRING_EQUAL(document_text(section, "lpc"), "0000:00:1f.0");
	json_decref(section);
	lspci_text_free(&text);
}

static CU_TestInfo tests[] = {
	{ "every form with bytes is read", every_form_with_bytes_is_read },
	{ "UTF-16 is read", utf_16_is_read },
	{ "every form of words is read", every_form_of_words_is_read },
	{ "a file without devices is refused by name", a_file_without_devices_is_refused_by_name },
	{ "two machines in one file are refused", two_machines_in_one_file_are_refused },
	{ "a function behind VMD is its own", a_function_behind_vmd_is_its_own },
	{ "a row without its function is nobody's", a_row_without_its_function_is_nobodys },
	{ "a part of a machine is no whole one", a_part_of_a_machine_is_no_whole_one },
	{ "words and bytes make one section", words_and_bytes_make_one_section },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	return suite_main("lspci_text", tests);
}
