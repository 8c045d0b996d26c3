/*
 * Is the IGD behind VT-d? Records of a made Skylake host (8086:1916, base of stolen memory
 * 0x8d800000), with Xen's messages in the wordings of results/data/xen-messages.yaml and a DMAR
 * made by the VT-d specification, 8.1 to 8.4.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/host/document.h"
#include "src/document.h"
#include "src/suite.h"

#define VERSION(v) "(XEN) Xen version " v " (made) debug=n\n"
#define CMDLINE    "(XEN) Command line: com1=115200,8n1\n"
#define ON         "(XEN) I/O virtualisation enabled\n"
#define LOG        VERSION("4.17.5") CMDLINE ON
#define OUTSIDE(a) "(XEN) [VT-D] RMRR [" a "] not in reserved memory; need \"...\"?\n"
#define FAULT(a)   "(XEN) [VT-D]DMAR:[DMA Read] Request device [0000:00:02.0] fault addr " a "\n"
#define SUPPRESSED "(XEN) printk: 26235 messages suppressed.\n"

#define BRIDGE "00:00.0 0600: 8086:1904\n"
#define IGD                                                                                        \
	"00:02.0 0300: 8086:1916\n"                                                                \
	"00: 86 80 16 19 07 04 10 00 07 00 00 03 00 00 00 00\n"                                    \
	"10: 04 00 00 b2 00 00 00 00 0c 00 00 c0 00 00 00 00\n"                                    \
	"20: 01 40 00 00 00 00 00 00 00 00 00 00 72 1d 01 17\n"                                    \
	"30: 00 00 00 00 40 00 00 00 00 00 00 00 ff 01 00 00\n"                                    \
	"40: 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00\n"                                    \
	"50: c1 02 00 00 00 00 00 00 00 00 00 00 01 00 80 8d\n"
#define LATER "00:1f.0 0601: 8086:9d48\n"
#define HOST  BRIDGE IGD LATER
#define MTL   BRIDGE "00:02.0 0300: 8086:7d55\n" LATER /* INTEL_MTL_IDS */

/* What a DMAR has. */
enum {
	IGD_UNIT = 1, /* a unit of the IGD's own */
	REST_UNIT = 2,
	IGD_RMRR = 4, /* 0x8d800000-0x8fffffff */
	USB_RMRR = 8, /* of 00:14.0, 0x8a000000-0x8a01ffff */
	OF_INTEL = IGD_UNIT | REST_UNIT | IGD_RMRR
};

static char root[] = "/tmp/igd-vtd-XXXXXX";

static uint8_t table[512];
static size_t used;

static void put(size_t bytes, uint64_t value)
{
	for (size_t i = 0; i < bytes; i++)
		table[used++] = (uint8_t)(value >> (8 * i));
}

static void put_scope(uint8_t slot)
{
	put(2, 0x0801); /* endpoint, 8 bytes */
	put(4, 0);
	put(2, slot);
}

static void put_unit(uint8_t flags, uint8_t slot)
{
	put(2, 0);
	put(2, slot ? 24 : 16);
	put(4, flags);
	put(8, slot ? 0xfed90000 : 0xfed91000);
	if (slot)
		put_scope(slot);
}

static void put_rmrr(uint8_t slot, uint64_t start, uint64_t end)
{
	put(2, 1);
	put(2, 32);
	put(4, 0);
	put(8, start);
	put(8, end);
	put_scope(slot);
}

static void write_file(const char *name, const void *bytes, size_t length)
{
	char path[256], command[300];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", root, name);
	snprintf(command, sizeof(command), "mkdir -p $(dirname %s)", path);
	CU_ASSERT_EQUAL_FATAL(system(command), 0);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	CU_ASSERT_FATAL(fd >= 0);
	CU_ASSERT_EQUAL(write(fd, bytes, length), (ssize_t)length);
	close(fd);
}

/* Writes the table; -1: there is none. */
static void make_table(int parts)
{
	char command[256];

	snprintf(command, sizeof(command), "rm -rf %s/sys %s/proc", root, root);
	CU_ASSERT_EQUAL_FATAL(system(command), 0);
	if (parts < 0)
		return;
	memset(table, 0, sizeof(table));
	memcpy(table, "DMAR", 4);
	used = 48;
	if (parts & IGD_UNIT)
		put_unit(0, 2);
	if (parts & REST_UNIT)
		put_unit(1, 0);
	if (parts & IGD_RMRR)
		put_rmrr(2, 0x8d800000, 0x8fffffff);
	if (parts & USB_RMRR)
		put_rmrr(0x14, 0x8a000000, 0x8a01ffff);
	table[4] = (uint8_t)used;
	table[5] = (uint8_t)(used >> 8);
	write_file("sys/firmware/acpi/tables/DMAR", table, used);
}

static json_t *look(const char *lspci, const char *log)
{
	struct record dump = { .name = "lspci.txt", .text = (char *)lspci };
	struct record messages = { .name = "xl-dmesg.txt", .text = (char *)log };
	struct host_sources sources = { .root = root, .xen_trouble = "", .model_trouble = "" };
	json_t *document;

	if (lspci) {
		dump.length = strlen(lspci);
		sources.lspci = &dump;
	}
	if (log) {
		messages.length = strlen(log);
		sources.xen_log = &messages;
	}
	document = host_document(&sources);
	CU_ASSERT_PTR_NOT_NULL_FATAL(document);
	return document;
}

static const json_t *find(const json_t *document, const char *id)
{
	const json_t *check;
	size_t i;

	json_array_foreach(json_object_get(document, "checks"), i, check)
	{
		if (strcmp(document_text(check, "id"), id) == 0)
			return check;
	}
	CU_FAIL_FATAL("no such check");
	return NULL;
}

/* What one check says, and whether cells that require the IOMMU would run. */
static const struct row {
	const char *id, *lspci, *log;
	int table;
	const char *verdict, *said;
	bool iommu;
} rows[] = {
	/* By Xen's command line, though its log has no word at the usual level. */
	{ "vtd/igd-engine", HOST, VERSION("4.12.0") "(XEN) Command line: iommu=no-igfx\n" ON,
		OF_INTEL, "FAIL", "iommu=no-igfx is on its command line", false },
	{ "vtd/igd-engine", HOST,
		VERSION("4.14.6") CMDLINE ON
		"(XEN) [VT-D]Passed iommu=no-igfx option.  Disabling IGD VT-d engine.\n",
		OF_INTEL, "FAIL", "Passed iommu=no-igfx option", false },
	{ "vtd/igd-engine", HOST,
		VERSION("4.13.0") CMDLINE ON
		"(XEN) [VT-D]BIOS did not enable IGD for VT properly.  "
		"Disabling IGD VT-d engine.\n",
		OF_INTEL, "FAIL", "did not enable IGD for VT", false },
	/* A line of Xen is enough, whatever else is unknown. */
	{ "vtd/igd-engine", NULL,
		"(XEN) [VT-D]Passed iommu=no-igfx option.  Disabling IGD VT-d engine.\n", -1,
		"FAIL", "Passed iommu=no-igfx", false },
	{ "vtd/igd-engine", HOST, LOG, OF_INTEL, "PASS", "no option disables it", true },
	{ "vtd/igd-engine", HOST, LOG, -1, "PASS", "no option disables it", true },
	{ "vtd/igd-engine", NULL, LOG, -1, "UNKNOWN", "no PCI device was recorded", true },
	{ "vtd/igd-engine", HOST, "(XEN) d7v0 Over-allocation for d7: 524545 > 524544\n" ON,
		OF_INTEL, "UNKNOWN", "command line", true },
	{ "vtd/igd-engine", HOST, VERSION("4.17.5") CMDLINE, OF_INTEL, "UNKNOWN", "does not show",
		false },
	{ "vtd/igd-engine", HOST, VERSION("4.99.0") CMDLINE ON, OF_INTEL, "UNKNOWN", "this release",
		true },
	{ "vtd/igd-engine", HOST, VERSION("4.17.5") CMDLINE "(XEN) I/O virtualisation disabled\n",
		OF_INTEL, "N/A", "VT-d is off", false },
	/* A generation that is not in the table: Ironlake needs Xen's word. */
	{ "vtd/igd-engine", BRIDGE "00:02.0 0300: 8086:0046\n" LATER, LOG, OF_INTEL, "PASS", "",
		true },
	{ "vtd/igd-engine", BRIDGE "00:02.0 0300: 8086:0046\n" LATER,
		VERSION("4.17.5") "(XEN) Command line: loglvl=none\n" ON, OF_INTEL, "UNKNOWN",
		"does not print warnings", true },
	/* The firmware's table. */
	{ "vtd/igd-engine", HOST, LOG, USB_RMRR, "FAIL", "no VT-d unit for the IGD", false },
	{ "vtd/igd-engine", HOST, LOG, REST_UNIT | IGD_RMRR, "UNKNOWN",
		"no VT-d unit for the IGD alone", true },

	{ "vtd/faults", HOST, LOG SUPPRESSED FAULT("8e43c000") SUPPRESSED FAULT("8e2c6000"),
		OF_INTEL, "UNKNOWN", "a storm", true },
	{ "vtd/faults", HOST, LOG FAULT("1000"), OF_INTEL, "UNKNOWN", "a few faults", true },
	{ "vtd/faults", HOST, LOG SUPPRESSED, OF_INTEL, "UNKNOWN", "suppressed 26235 messages",
		true },
	{ "vtd/faults", HOST, LOG, OF_INTEL, "PASS", "", true },
	{ "vtd/faults", HOST, ON, OF_INTEL, "UNKNOWN", "the beginning of Xen's boot log is lost",
		true },
	{ "vtd/faults", HOST, VERSION("4.17.5") "(XEN) Command line: guest_loglvl=none/error\n" ON,
		OF_INTEL, "UNKNOWN", "does not print faults", true },
	{ "vtd/faults", HOST, LOG "(XEN) Guest Loglevel: Nothing\n", OF_INTEL, "UNKNOWN",
		"does not print faults", true },
	{ "vtd/faults", HOST,
		LOG "(XEN) Guest Loglevel: Nothing (Rate-limited: Errors and warnings)\n", OF_INTEL,
		"PASS", "", true },

	{ "vtd/rmrr", HOST, LOG, OF_INTEL, "PASS", "", true },
	{ "vtd/rmrr", HOST, LOG OUTSIDE("8d800000,8fffffff"), OF_INTEL, "FAIL", "of the IGD",
		false },
	/* By the base of stolen memory, and by a fault's address. */
	{ "vtd/rmrr", HOST, LOG OUTSIDE("8d800000,8fffffff"), -1, "FAIL", "of the IGD", false },
	{ "vtd/rmrr", MTL, LOG OUTSIDE("8d800000,8fffffff") FAULT("8e43c000"), -1, "FAIL",
		"of the IGD", false },
	/* Nobody says whose it is; or the table says that it is USB's. */
	{ "vtd/rmrr", HOST, LOG OUTSIDE("8a000000,8a01ffff"), -1, "UNKNOWN",
		"may belong to the IGD", true },
	{ "vtd/rmrr", NULL, LOG OUTSIDE("8d800000,8fffffff"), -1, "UNKNOWN",
		"may belong to the IGD", true },
	{ "vtd/rmrr", HOST, LOG OUTSIDE("8a000000,8a01ffff"), OF_INTEL | USB_RMRR, "PASS", "",
		true },
	{ "vtd/rmrr", HOST, LOG, IGD_UNIT | REST_UNIT, "FAIL", "firmware reserves no memory",
		false },
	{ "vtd/rmrr", MTL, LOG, IGD_UNIT | REST_UNIT, "PASS", "needs none", true },
	{ "vtd/rmrr", BRIDGE "00:02.0 0300: 8086:ffe0\n" LATER, LOG, IGD_UNIT | REST_UNIT,
		"UNKNOWN", "whether this generation needs reserved memory", true },
	{ "vtd/rmrr", HOST, LOG, -1, "UNKNOWN", "it was not recorded", true },
};

static bool has_iommu(const json_t *document)
{
	const json_t *word;
	size_t i;

	json_array_foreach(
		json_object_get(json_object_get(document, "identities"), "capabilities"), i, word)
	{
		if (strcmp(json_string_value(word), "iommu") == 0)
			return true;
	}
	return false;
}

static void each_row_says_what_it_should(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];
		const json_t *check;
		json_t *document;

		make_table(row->table);
		document = look(row->lspci, row->log);
		check = find(document, row->id);
		if (strcmp(document_text(check, "verdict"), row->verdict) != 0 ||
			!strstr(document_text(check, "why"), row->said) ||
			has_iommu(document) != row->iommu)
			printf("row %zu, %s: %s, %s, iommu %d\n", i, row->id,
				document_text(check, "verdict"), document_text(check, "why"),
				has_iommu(document));
		CU_ASSERT_STRING_EQUAL(document_text(check, "verdict"), row->verdict);
		CU_ASSERT_PTR_NOT_NULL(strstr(document_text(check, "why"), row->said));
		CU_ASSERT_EQUAL(has_iommu(document), row->iommu);
		json_decref(document);
	}
}

/* The verdict of a host whose Xen is storming with faults is not that all is well. */
static void a_storm_is_in_the_verdict(void)
{
	json_t *document;

	make_table(OF_INTEL);
	document = look(HOST, LOG
		"(XEN) HVM: VMX enabled\n"
		"(XEN) HVM: Hardware Assisted Paging (HAP) detected\n" SUPPRESSED FAULT("1000"));
	CU_ASSERT_EQUAL(
		json_integer_value(json_object_get(find(document, "vtd/faults"), "value")), 26236);
	CU_ASSERT_STRING_EQUAL(document_text(document, "verdict"), "UNKNOWN");
	json_decref(document);
	document = look(HOST, LOG "(XEN) HVM: VMX enabled\n"
				  "(XEN) HVM: Hardware Assisted Paging (HAP) detected\n");
	CU_ASSERT_STRING_EQUAL(document_text(document, "verdict"), "PASS");
	json_decref(document);
}

/* The kernel's map: the range must be reserved as a whole, in one line or in several. */
static void the_memory_map_is_asked(void)
{
	static const struct {
		const char *map, *verdict;
	} maps[] = { { "8c000000-8fffffff : Reserved\n", "PASS" },
		{ "8c000000-8d8fffff : Reserved\n8d900000-8fffffff : Graphics Stolen Memory\n",
			"PASS" },
		{ "8c000000-8d8fffff : Reserved\n90000000-9fffffff : Reserved\n", "FAIL" },
		{ "00001000-8fffffff : System RAM\n", "FAIL" },
		{ "00000000-00000000 : Reserved\n", "PASS" } };

	for (size_t i = 0; i < sizeof(maps) / sizeof(maps[0]); i++) {
		json_t *document;

		make_table(OF_INTEL);
		write_file("proc/iomem", maps[i].map, strlen(maps[i].map));
		document = look(HOST, LOG);
		CU_ASSERT_STRING_EQUAL(
			document_text(find(document, "vtd/rmrr"), "verdict"), maps[i].verdict);
		CU_ASSERT_EQUAL(has_iommu(document), strcmp(maps[i].verdict, "PASS") == 0);
		json_decref(document);
	}
}

/* The virtual lab's IGD is a phantom: no RMRR, no unit of its own, and nothing to complain of. */
static void a_phantom_needs_neither(void)
{
	json_t *document;

	make_table(REST_UNIT);
	write_file("run/igd-phantom/active", "{\"name\": \"skylake\"}", 19);
	document = look(HOST, LOG);
	CU_ASSERT_STRING_EQUAL(document_text(find(document, "vtd/igd-engine"), "verdict"), "PASS");
	CU_ASSERT_STRING_EQUAL(document_text(find(document, "vtd/rmrr"), "verdict"), "PASS");
	CU_ASSERT(has_iommu(document));
	json_decref(document);
}

static CU_TestInfo tests[] = {
	{ "each row says what it should", each_row_says_what_it_should },
	{ "a storm is in the verdict", a_storm_is_in_the_verdict },
	{ "the memory map is asked", the_memory_map_is_asked },
	{ "a phantom needs neither", a_phantom_needs_neither },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	if (!mkdtemp(root))
		return 1;
	return suite_remove(root, suite_main("host_vtd", tests));
}
