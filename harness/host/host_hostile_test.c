/*
 * Trees that pass for a recorded host and are none: the document is made all the same, without a
 * hang, and says of each what is wrong. And trees with what no recorded host here has: an option
 * ROM, an OpRegion, a DMAR, a phantom's marker.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/host/document.h"
#include "harness/host/record.h"
#include "src/document.h"
#include "src/suite.h"

#define DEVICE "sys/bus/pci/devices/0000:00:02.0"

static char root[] = "/tmp/igd-hostile-XXXXXX";

/* A new, empty tree; and its folders. */
static void clear(void)
{
	char command[256];

	snprintf(command, sizeof(command), "rm -rf %s/* && mkdir -p %s/" DEVICE, root, root);
	CU_ASSERT_EQUAL_FATAL(system(command), 0);
}

static const char *at(const char *path)
{
	static char full[512];
	char command[600];

	snprintf(full, sizeof(full), "%s/%s", root, path);
	snprintf(command, sizeof(command), "mkdir -p $(dirname %s)", full);
	CU_ASSERT_EQUAL_FATAL(system(command), 0);
	return full;
}

static void put_bytes(const char *path, off_t where, const void *bytes, size_t length)
{
	int fd = open(at(path), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	CU_ASSERT_FATAL(fd >= 0);
	CU_ASSERT_EQUAL(pwrite(fd, bytes, length, where), (ssize_t)length);
	close(fd);
}

static void put(const char *path, const char *text)
{
	put_bytes(path, 0, text, strlen(text));
}

/* 00:02.0 as Coffee Lake: 8086:3e92, class 0x030000, OpRegion at 0x10018. */
static void put_igd(void)
{
	uint8_t config[256] = { 0x86, 0x80, 0x92, 0x3e };

	config[0x0b] = 0x03;
	config[0x50] = 0xc1;
	config[0x51] = 0x02;
	config[0x5e] = 0x80;
	config[0x5f] = 0x8b;
	config[0xfc] = 0x18;
	config[0xfe] = 0x01;
	put_bytes(DEVICE "/config", 0, config, sizeof(config));
	put(DEVICE "/vendor", "0x8086\n");
	put(DEVICE "/device", "0x3e92\n");
	put(DEVICE "/class", "0x030000\n");
	put(DEVICE "/irq", "0\n");
	put(DEVICE "/resource", "0x0 0x0 0x0\n0x0 0x0 0x0\n0x0 0x0 0x0\n0x0 0x0 0x0\n"
				"0x0 0x0 0x0\n0x0 0x0 0x0\n0x0 0x0 0x0\n");
}

static json_t *look(const char *lspci, const char *log)
{
	struct record dump = { 0 }, messages = { 0 };
	struct host_sources sources = { .root = root, .xen_trouble = "", .model_trouble = "" };
	struct problem why = { 0 };
	char ids[300];
	json_t *document;

	if (lspci && record_read(lspci, &dump, &why) == 0)
		sources.lspci = &dump;
	if (log && record_read(log, &messages, &why) == 0)
		sources.xen_log = &messages;

	snprintf(ids, sizeof(ids), "%s/results/data/" IGD_IDS_FILE, getenv("SOURCE_ROOT"));
	sources.ids = ids;
	document = host_document(&sources);
	record_free(&dump);
	record_free(&messages);
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

/* The verdict, and a part of what is said. */
static void is(const char *id, const char *verdict, const char *said)
{
	json_t *document = look(NULL, NULL);
	const json_t *check = find(document, id);

	if (strcmp(document_text(check, "verdict"), verdict) != 0 ||
		!strstr(document_text(check, "why"), said))
		printf("%s: %s: %s\n", id, document_text(check, "verdict"),
			document_text(check, "why"));
	CU_ASSERT_STRING_EQUAL(document_text(check, "verdict"), verdict);
	CU_ASSERT_PTR_NOT_NULL(strstr(document_text(check, "why"), said));
	json_decref(document);
}

/* A complete log with an IOMMU and without a fault, then as many lines as reach `length` bytes. */
static void log_of(size_t length, const char *verdict, bool cut)
{
	static const char
		head[] = "(XEN) Xen version 4.17.7 (Debian)\n"
			 "(XEN) Command line: iommu=verbose\n"
			 "(XEN) I/O virtualisation enabled\n",
		line[] = "(XEN) nothing in particular, 64 bytes with its new line........\n";
	char *text = malloc(length + sizeof(line));
	size_t used = sizeof(head) - 1;
	json_t *document;

	CU_ASSERT_PTR_NOT_NULL_FATAL(text);
	memcpy(text, head, used);
	for (; used < length; used += sizeof(line) - 1)
		memcpy(text + used, line, sizeof(line) - 1);
	clear();
	put_igd();
	put_bytes("xl-dmesg.txt", 0, text, length);
	free(text);
	document = look(NULL, at("xl-dmesg.txt"));
	CU_ASSERT_STRING_EQUAL(document_text(find(document, "vtd/messages"), "verdict"), verdict);
	/* It follows from what the beginning says. */
	CU_ASSERT_STRING_EQUAL(document_text(find(document, "vtd/igd-engine"), "verdict"), "PASS");
	CU_ASSERT_STRING_EQUAL(document_text(find(document, "vtd/faults"), "verdict"), verdict);
	/* What the beginning says is known. */
	CU_ASSERT_STRING_EQUAL(document_text(find(document, "vtd/enabled"), "verdict"), "PASS");
	CU_ASSERT_EQUAL(
		json_is_true(json_object_get(json_object_get(document, "sources"), "xen_log_cut")),
		cut);
	json_decref(document);
	unlink(at("xl-dmesg.txt"));
}

static void a_log_that_was_cut_does_not_prove_an_absence(void)
{
	log_of(RECORD_MAX, "PASS", false);
	log_of(RECORD_MAX + 1, "UNKNOWN", true);
}

static void an_empty_tree_is_unknown(void)
{
	clear();
	is("xen/dom0", "UNKNOWN", "/sys/hypervisor was not recorded");
	CU_ASSERT_EQUAL(rmdir(at(DEVICE)), 0);
	CU_ASSERT_EQUAL(rmdir(at("sys/bus/pci/devices")), 0);
	is("igd/present", "UNKNOWN", "sys/bus/pci/devices");
}

static void a_fifo_is_not_waited_for(void)
{
	clear();
	put_igd();
	unlink(at(DEVICE "/config"));
	CU_ASSERT_EQUAL(mkfifo(at(DEVICE "/config"), 0600), 0);
	is("igd/present", "UNKNOWN", "config is not a regular file");
	clear();
	put_igd();
	CU_ASSERT_EQUAL(mkfifo(at(DEVICE "/rom"), 0600), 0);
	CU_ASSERT_EQUAL(mkfifo(at("proc/iomem"), 0600), 0);
	CU_ASSERT_EQUAL(mkfifo(at("proc/cpuinfo"), 0600), 0);
	CU_ASSERT_EQUAL(mkfifo(at("dev/mem"), 0600), 0);
	CU_ASSERT_EQUAL(mkfifo(at("sys/firmware/acpi/tables/DMAR"), 0600), 0);
	CU_ASSERT_EQUAL(mkfifo(at("run/igd-phantom/active"), 0600), 0);
	is("igd/rom", "FAIL", "reading the option ROM fails");
	is("opregion/header", "UNKNOWN", "");
	is("igd/phantom", "PASS", "phantom");
}

static void a_folder_is_no_file(void)
{
	clear();
	put_igd();
	unlink(at(DEVICE "/resource"));
	CU_ASSERT_EQUAL(mkdir(at(DEVICE "/resource"), 0700), 0);
	is("igd/present", "UNKNOWN", "resource is not a regular file");
	clear();
	put_igd();
	CU_ASSERT_EQUAL(mkdir(at(DEVICE "/rom"), 0700), 0);
	CU_ASSERT_EQUAL(mkdir(at("dev/mem"), 0700), 0);
	is("igd/rom", "FAIL", "reading the option ROM fails");
	is("opregion/header", "UNKNOWN", "the OpRegion cannot be read");
}

static void no_link_leads_out_or_round(void)
{
	clear();
	put_igd();
	unlink(at(DEVICE "/config"));
	CU_ASSERT_EQUAL(symlink("/etc/passwd", at(DEVICE "/config")), 0);
	is("igd/present", "UNKNOWN", "config: Invalid cross-device link");
	unlink(at(DEVICE "/config"));
	CU_ASSERT_EQUAL(symlink("config", at(DEVICE "/config")), 0);
	is("igd/present", "UNKNOWN", "symbolic links");
	clear();
	put_igd();
	CU_ASSERT_EQUAL(symlink("/etc/hostname", at("sys/hypervisor/type")) < 0, 0);
	is("xen/dom0", "UNKNOWN", "cross-device");
}

static void huge_and_garbled_files_are_bounded(void)
{
	static const char garbage[] = "\x1b[2J\xff\xfe\x01garbage";
	char huge[8192];

	clear();
	put_igd();
	memset(huge, 'A', sizeof(huge));
	for (int i = 0; i < 4; i++)
		put_bytes("proc/cpuinfo", i * (off_t)sizeof(huge), huge, sizeof(huge));
	CU_ASSERT_EQUAL(truncate(at("proc/cpuinfo"), 1ll << 40), 0);
	put_bytes("proc/iomem", 0, huge, sizeof(huge));
	CU_ASSERT_EQUAL(truncate(at("proc/iomem"), 1ll << 32), 0);
	put_bytes(DEVICE "/rom", 0, "\x55\xaa\xff", 3);
	CU_ASSERT_EQUAL(truncate(at(DEVICE "/rom"), 1ll << 40), 0);
	put(DEVICE "/reset_method", garbage);
	put("sys/hypervisor/type", garbage);
	put("sys/class/dmi/id/product_name", garbage);
	put_bytes("sys/firmware/acpi/tables/DMAR", 0, garbage, sizeof(garbage));
	is("igd/rom", "FAIL", "PCI data structure");
	is("igd/reset", "PASS", "");
	is("xen/dom0", "FAIL", "");
	is("vtd/table", "FAIL", "malformed");
}

static void a_dump_may_be_anything(void)
{
	static const char *const texts[] = { "", "\n\n\n", "00:02.0 x\n00: 86 80 92 3e\n",
		"00:02.0 x\nzz: 86\n", "00: 86 80\n", "ffffffff:ff:ff.f y\n00: 00\n",
		"00:02.0 VGA\nfff0: 00 11 22 33 44 55 66 77 88 99 aa bb cc dd ee ff 00 11 22\n" };

	clear();
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		json_t *document;

		unlink(at("dump"));
		put("dump", texts[i]);
		document = look(at("dump"), at("dump"));
		CU_ASSERT_EQUAL(json_array_size(json_object_get(document, "checks")) > 30, 1);
		json_decref(document);
	}
	unlink(at("dump"));
	CU_ASSERT_EQUAL(mkfifo(at("dump"), 0600), 0);
	json_decref(look(at("dump"), at("dump")));
	json_decref(look(root, root));
}

/* What lspci says in words is no configuration space, and no file of this host. */
static void words_of_lspci_are_named_as_the_source(void)
{
	static const char *const ids[] = { "igd/present", "igd/class", "igd/driver",
		"igd/siblings" };
	json_t *document;

	clear();
	put("dump", "00:00.0 Host bridge [0600]: Intel Corporation [8086:3e30]\n"
		    "00:02.0 VGA compatible controller [0300]: Intel Corporation [8086:3e92]\n"
		    "\tKernel driver in use: i915\n"
		    "00:1f.0 ISA bridge [0601]: Intel Corporation [8086:a305]\n");
	document = look(at("dump"), NULL);
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		CU_ASSERT_STRING_EQUAL(document_text(find(document, ids[i]), "source"), at("dump"));
	json_decref(document);
}

/* An Arc A380, 56a5 in Linux' include/drm/intel/pciids.h, is discrete: it is no IGD, and in its
 * place of no known generation. */
static void a_discrete_gpu_is_no_igd(void)
{
	static const struct {
		const char *bdf, *present, *generation;
	} table[] = { { "03:00.0", "FAIL", "N/A" }, { "00:02.0", "PASS", "UNKNOWN" } };

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		char dump[256];
		json_t *document;

		clear();
		snprintf(dump, sizeof(dump),
			"00:00.0 Host bridge [0600]: Intel Corporation [8086:4660]\n"
			"%s VGA compatible controller [0300]: Intel Corporation [8086:56a5]\n",
			table[i].bdf);
		put("dump", dump);
		document = look(at("dump"), NULL);
		CU_ASSERT_STRING_EQUAL(
			document_text(find(document, "igd/present"), "verdict"), table[i].present);
		CU_ASSERT_STRING_EQUAL(document_text(find(document, "igd/generation"), "verdict"),
			table[i].generation);
		json_decref(document);
	}
}

/* The OpRegion at 0x10018: 8 KiB, version 2.1, with a VBT elsewhere of 9 KiB (3.1). */
static void put_opregion(uint32_t vbt_bytes)
{
	uint8_t opregion[0x500] = "IntelGraphicsMem";

	opregion[0x10] = 8;
	opregion[0x17] = 2;
	opregion[0x16] = 1;
	opregion[0x3bb] = 0x20; /* RVDA 0x2000 */
	opregion[0x3c2] = (uint8_t)vbt_bytes;
	opregion[0x3c3] = (uint8_t)(vbt_bytes >> 8);
	memcpy(opregion + 0x400, "$VBT COFFEELAKE     ", 20);
	put_bytes("dev/mem", 0x10018, opregion, sizeof(opregion));
}

static void a_vbt_beyond_the_opregion_is_lost(void)
{
	clear();
	put_igd();
	put_opregion(6144);
	is("opregion/address", "PASS", "");
	is("opregion/header", "PASS", "");
	is("opregion/vbt", "PASS", "");
	put_opregion(9216);
	is("opregion/vbt", "FAIL", "more than 6144 bytes");
	put_bytes("dev/mem", 0x10018, "XX", 2);
	is("opregion/header", "FAIL", "XXtelGraphicsMem");
}

/* 512 bytes with the data structure at 0x40, as host_parts_test.c; QEMU's '0' in place of 0x55. */
static void what_qemu_wrote_into_a_phantoms_rom_is_no_failure(void)
{
	clear();
	put_igd();
	put("run/igd-phantom/active", "{\"name\": \"coffee-lake\", \"vendor\": \"0x8086\"}");
	put_bytes(DEVICE "/rom", 0, "0\xaa\x01", 3);
	put_bytes(DEVICE "/rom", 0x18, "\x40", 1);
	put_bytes(DEVICE "/rom", 0x40, "PCIR\x86\x80\x92\x3e", 8);
	CU_ASSERT_EQUAL(truncate(at(DEVICE "/rom"), 512), 0);
	is("igd/phantom", "PASS", "a phantom of the lab");
	is("igd/rom", "PASS", "QEMU has overwritten");
	unlink(at("run/igd-phantom/active"));
	is("igd/rom", "FAIL", "begins with 30 aa");
	unlink(at(DEVICE "/rom"));
	/* `resource` says that there is none; whether QEMU minds is not known. */
	is("igd/rom", "UNKNOWN", "has no option ROM");
}

static CU_TestInfo tests[] = {
	{ "a log that was cut does not prove an absence",
		a_log_that_was_cut_does_not_prove_an_absence },
	{ "an empty tree is unknown", an_empty_tree_is_unknown },
	{ "a FIFO is not waited for", a_fifo_is_not_waited_for },
	{ "a folder is no file", a_folder_is_no_file },
	{ "no link leads out or round", no_link_leads_out_or_round },
	{ "huge and garbled files are bounded", huge_and_garbled_files_are_bounded },
	{ "a dump may be anything", a_dump_may_be_anything },
	{ "words of lspci are named as the source", words_of_lspci_are_named_as_the_source },
	{ "a discrete gpu is no igd", a_discrete_gpu_is_no_igd },
	{ "a VBT beyond the OpRegion is lost", a_vbt_beyond_the_opregion_is_lost },
	{ "what QEMU wrote into a phantom's ROM is no failure",
		what_qemu_wrote_into_a_phantoms_rom_is_no_failure },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	if (!mkdtemp(root))
		return 1;
	return suite_remove(root, suite_main("host_hostile", tests));
}
