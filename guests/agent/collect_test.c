/*
 * The collectors against the trees in testdata/ (its README says where they come from).
 *
 * Expected values of qemu-7.2-pc come from what QEMU and the kernel say elsewhere: BARs from the
 * kernel's log in the same tree, ids from QEMU's docs/specs/pci-ids.rst. Those of made-igd were put
 * there by hand.
 */
#include "guests/agent/collect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/report.h"
#include "src/suite.h"
#include "src/tree.h"

static char qemu[512], igd[512];

static json_t *run(collect_fn *collect, const char *root)
{
	struct guest guest = { .root = root, .request = 1 };
	struct problem why = { "" };
	json_t *section = NULL;

	CU_ASSERT_EQUAL_FATAL(collect(&guest, &section, &why), 0);
	CU_ASSERT_STRING_EQUAL(why.text, "");
	return section;
}

static const char *text(const json_t *object, const char *key)
{
	const char *value = json_string_value(json_object_get(object, key));

	return value ? value : "(no text)";
}

static const json_t *function(const json_t *pci, const char *address)
{
	const json_t *entry;
	size_t i;

	json_array_foreach(json_object_get(pci, "functions"), i, entry)
	{
		if (strcmp(text(entry, "address"), address) == 0)
			return entry;
	}
	CU_FAIL_FATAL("no such function");
	return NULL;
}

static void test_clean(void)
{
	char bytes[] = "a\x1b[2J\tb\xc3\xa4\x7f \r\n";

	tree_clean(bytes);
	CU_ASSERT_STRING_EQUAL(bytes, "a?[2J?b???");
}

static void test_pci_recorded(void)
{
	static const char *const order[] = { "0000:00:00.0", "0000:00:01.0", "0000:00:01.1",
		"0000:00:01.3", "0000:00:02.0" };
	json_t *pci = run(collect_pci, qemu);
	const json_t *list = json_object_get(pci, "functions"), *vga, *bars;

	CU_ASSERT_EQUAL_FATAL(json_array_size(list), 5);
	for (size_t i = 0; i < 5; i++)
		CU_ASSERT_STRING_EQUAL(text(json_array_get(list, i), "address"), order[i]);
	CU_ASSERT_STRING_EQUAL(text(pci, "slot2"), "0000:00:02.0");
	CU_ASSERT(json_is_null(json_object_get(pci, "lpc")));
	vga = function(pci, "0000:00:02.0");
	CU_ASSERT_STRING_EQUAL(text(vga, "vendor"), "0x1234");
	CU_ASSERT_STRING_EQUAL(text(vga, "device"), "0x1111");
	CU_ASSERT_STRING_EQUAL(text(vga, "subsystem_vendor"), "0x1af4");
	CU_ASSERT_STRING_EQUAL(text(vga, "subsystem"), "0x1100");
	CU_ASSERT_STRING_EQUAL(text(vga, "class"), "0x030000");
	CU_ASSERT_STRING_EQUAL(text(vga, "header_type"), "0x00");
	CU_ASSERT_STRING_EQUAL(text(vga, "driver"), "bochs-drm");
	CU_ASSERT_PTR_NULL(json_object_get(vga, "registers"));
	bars = json_object_get(vga, "bars");
	CU_ASSERT_EQUAL_FATAL(json_array_size(bars), 3);
	CU_ASSERT_STRING_EQUAL(text(json_array_get(bars, 0), "start"), "0x00000000fd000000");
	CU_ASSERT_STRING_EQUAL(text(json_array_get(bars, 0), "size"), "0x0000000001000000");
	CU_ASSERT(json_is_true(json_object_get(json_array_get(bars, 0), "prefetchable")));
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(json_array_get(bars, 1), "index")), 2);
	CU_ASSERT_STRING_EQUAL(text(json_array_get(bars, 1), "start"), "0x00000000febf0000");
	CU_ASSERT(json_is_false(json_object_get(json_array_get(bars, 1), "prefetchable")));
	CU_ASSERT_STRING_EQUAL(text(json_array_get(bars, 2), "kind"), "rom");
	CU_ASSERT_STRING_EQUAL(
		text(json_object_get(function(pci, "0000:00:00.0"), "registers"), "0x50"),
		"0x00000000");
	CU_ASSERT(json_is_null(json_object_get(function(pci, "0000:00:01.0"), "driver")));
	json_decref(pci);
}

static void test_pci_igd(void)
{
	json_t *pci = run(collect_pci, igd);
	const json_t *bridge = function(pci, "0000:00:00.0"), *gpu = function(pci, "0000:00:02.0");
	const json_t *registers = json_object_get(bridge, "registers");
	const json_t *opregion = json_object_get(gpu, "opregion"), *bars;

	CU_ASSERT_STRING_EQUAL(text(pci, "lpc"), "0000:00:1f.0");
	CU_ASSERT_STRING_EQUAL(text(registers, "0x50"), "0x000001c1");
	CU_ASSERT_STRING_EQUAL(text(registers, "0x52"), "0x0000");
	CU_ASSERT_STRING_EQUAL(text(registers, "0xa4"), "0x7c000001");
	CU_ASSERT_STRING_EQUAL(text(registers, "0xa8"), "0x7b800001");
	registers = json_object_get(gpu, "registers");
	CU_ASSERT_STRING_EQUAL(text(registers, "0x5c"), "0x7c000001");
	CU_ASSERT_STRING_EQUAL(text(registers, "0xfc"), "0x00001018");
	CU_ASSERT_STRING_EQUAL(text(opregion, "address"), "0x00001018");
	CU_ASSERT_STRING_EQUAL(text(opregion, "signature"), "IntelGraphicsMem");
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(opregion, "size_kib")), 8);
	CU_ASSERT_STRING_EQUAL(text(opregion, "version"), "2.1");
	CU_ASSERT_STRING_EQUAL(text(opregion, "mailboxes"), "0x0000000f");
	CU_ASSERT_STRING_EQUAL(text(opregion, "vbt"), "$VBT COFFEELAKE");
	CU_ASSERT_PTR_NULL(json_object_get(opregion, "error"));
	bars = json_object_get(gpu, "bars");
	CU_ASSERT_EQUAL_FATAL(json_array_size(bars), 3);
	CU_ASSERT_STRING_EQUAL(text(json_array_get(bars, 1), "start"), "0x00000000e0000000");
	CU_ASSERT_STRING_EQUAL(text(json_array_get(bars, 2), "kind"), "io");
	CU_ASSERT_STRING_EQUAL(text(json_array_get(bars, 2), "start"), "0x000000000000c000");
	CU_ASSERT_STRING_EQUAL(text(json_array_get(bars, 2), "size"), "0x0000000000000040");
	json_decref(pci);
}

static void test_kernel(void)
{
	static const char *const lines[] = { "i915 0000:00:02.0: [drm] VT-d active for gfx access",
		"xe 0000:00:02.0: ?[2J?? end", "xe" };
	json_t *kernel = run(collect_kernel, igd);
	const json_t *log = json_object_get(kernel, "log");

	/* Not: xenbus, xe2, the dictionary, what is no record. */
	CU_ASSERT_EQUAL_FATAL(json_array_size(log), 3);
	for (size_t i = 0; i < 3; i++)
		CU_ASSERT_STRING_EQUAL(text(json_array_get(log, i), "text"), lines[i]);
	CU_ASSERT_EQUAL(
		json_integer_value(json_object_get(json_array_get(log, 0), "time_us")), 812345);
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(json_array_get(log, 1), "level")), 4);
	CU_ASSERT(json_is_null(json_object_get(kernel, "cmdline")));
	CU_ASSERT_PTR_NULL(json_object_get(kernel, "unloaded"));
	json_decref(kernel);
	kernel = run(collect_kernel, qemu);
	CU_ASSERT_STRING_EQUAL(text(kernel, "cmdline"), "console=ttyS0 quiet panic=1");
	json_decref(kernel);
}

static void test_iomem(void)
{
	json_t *iomem = run(collect_iomem, igd);

	/* Not the reserved part of something else. */
	CU_ASSERT_EQUAL_FATAL(json_array_size(iomem), 4);
	CU_ASSERT_STRING_EQUAL(text(json_array_get(iomem, 2), "name"), "Graphics Stolen Memory");
	CU_ASSERT_STRING_EQUAL(text(json_array_get(iomem, 2), "start"), "0x000000007c000000");
	CU_ASSERT_STRING_EQUAL(text(json_array_get(iomem, 3), "end"), "0x00000000fdffefff");
	json_decref(iomem);
	iomem = run(collect_iomem, qemu);
	CU_ASSERT_EQUAL(json_array_size(iomem), 6);
	json_decref(iomem);
}

static void test_identity(void)
{
	json_t *dmi = run(collect_dmi, qemu), *hypervisor = run(collect_hypervisor, igd);

	CU_ASSERT_STRING_EQUAL(text(dmi, "product_version"), "pc-i440fx-7.2");
	json_decref(dmi);
	CU_ASSERT_STRING_EQUAL(text(hypervisor, "type"), "xen");
	CU_ASSERT_STRING_EQUAL(text(hypervisor, "version"), "4.17.5");
	json_decref(hypervisor);
	dmi = run(collect_dmi, igd);
	CU_ASSERT_STRING_EQUAL(text(dmi, "sys_vendor"), "Xen?[2J");
	CU_ASSERT_EQUAL(strlen(text(dmi, "bios_date")), TREE_TEXT_MAX - 1);
	CU_ASSERT(json_is_null(json_object_get(dmi, "bios_vendor")));
	json_decref(dmi);
}

static void test_fbdev(void)
{
	json_t *display = run(collect_display, qemu);
	const json_t *list = json_object_get(display, "framebuffers");

	CU_ASSERT_EQUAL_FATAL(json_array_size(list), 1);
	CU_ASSERT_STRING_EQUAL(text(json_array_get(list, 0), "driver"), "bochs-drmdrmfb");
	CU_ASSERT_EQUAL(
		json_integer_value(json_object_get(json_array_get(list, 0), "width")), 1280);
	CU_ASSERT_EQUAL(
		json_integer_value(json_object_get(json_array_get(list, 0), "height")), 800);
	/* The card's device node is no file that can be recorded. */
	CU_ASSERT_STRING_EQUAL(
		text(json_array_get(json_object_get(display, "cards"), 0), "pci"), "0000:00:02.0");
	CU_ASSERT_PTR_NOT_NULL(
		json_object_get(json_array_get(json_object_get(display, "cards"), 0), "error"));
	json_decref(display);

	display = run(collect_display, igd);
	list = json_object_get(display, "framebuffers");
	CU_ASSERT_EQUAL_FATAL(json_array_size(list), 3);
	CU_ASSERT_STRING_EQUAL(text(json_array_get(list, 2), "name"), "fb10");
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(json_array_get(list, 2), "width")), 640);
	CU_ASSERT_EQUAL(
		json_integer_value(json_object_get(json_array_get(list, 0), "width")), 1024);
	CU_ASSERT(json_is_null(json_object_get(json_array_get(list, 0), "height")));
	CU_ASSERT(json_is_null(json_object_get(json_array_get(list, 1), "width")));
	CU_ASSERT(json_is_null(json_object_get(json_array_get(list, 1), "bits_per_pixel")));
	CU_ASSERT_EQUAL(json_array_size(json_object_get(display, "cards")), 0);
	json_decref(display);
}

/* A whole report is what report_parse() takes, from a good tree, a strange one and none at all. */
static void test_report(void)
{
	const char *roots[] = { qemu, igd, "/nonexistent" };

	for (size_t i = 0; i < 3; i++) {
		struct guest guest = { .root = roots[i], .request = 3 };
		struct problem why = { "" };
		json_t *report = NULL, *again = NULL, *errors;
		char *dump;

		CU_ASSERT_EQUAL_FATAL(collect_report(&guest, &report, &why), 0);
		dump = json_dumps(report, JSON_COMPACT | JSON_ENSURE_ASCII);
		CU_ASSERT_PTR_NOT_NULL_FATAL(dump);
		for (const char *c = dump; *c; c++)
			CU_ASSERT_FATAL(*c >= 0x20 && *c <= 0x7e);
		CU_ASSERT_EQUAL(report_parse(dump, strlen(dump), &again, &why), 0);
		CU_ASSERT_STRING_EQUAL(why.text, "");
		errors = json_object_get(json_object_get(report, "agent"), "errors");
		/* Without /sys and /proc two sections cannot be made; the others say null. */
		CU_ASSERT_EQUAL(json_array_size(errors), i == 2 ? 2 : 0);
		if (i == 2) {
			CU_ASSERT_STRING_EQUAL(text(json_array_get(errors, 0), "section"), "iomem");
			CU_ASSERT_STRING_EQUAL(text(json_array_get(errors, 1), "section"), "pci");
			CU_ASSERT_PTR_NULL(json_object_get(report, "pci"));
		}
		free(dump);
		json_decref(report);
		json_decref(again);
	}
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "text from files", test_clean },
		{ "pci of a recorded guest", test_pci_recorded },
		{ "pci with an Intel GPU", test_pci_igd },
		{ "kernel", test_kernel },
		{ "iomem", test_iomem },
		{ "dmi and hypervisor", test_identity },
		{ "display without devices", test_fbdev },
		{ "whole reports", test_report },
		CU_TEST_INFO_NULL,
	};
	const char *root = getenv("SOURCE_ROOT");

	snprintf(qemu, sizeof(qemu), "%s/guests/agent/testdata/qemu-7.2-pc", root ? root : ".");
	snprintf(igd, sizeof(igd), "%s/guests/agent/testdata/made-igd", root ? root : ".");
	return suite_main("agent", tests);
}
