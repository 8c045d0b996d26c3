/*
 * QEMU's tree. The samples in corpus/views_qtree are QEMU 7.2.22's own words (Debian bookworm),
 * through QMP's human-monitor-command, 2026-11-21:
 *
 *   pc-vga-rtl8139           -M pc -device VGA,vgamem_mb=16 -device rtl8139,addr=0x5
 *   pc-i440fx-3.1-vga        -M pc-i440fx-3.1 -device VGA
 *   pc-cirrus-e1000-bridge   -M pc -device cirrus-vga -device e1000
 *                            -device pci-bridge,chassis_nr=1,id=b1 -device rtl8139,bus=b1,addr=3.0
 *   xenfv-igd                of a Xen guest in the virtual lab, through libxl: machine xenfv,
 *                            igd-passthru=on, vga none, the phantom coffee-lake at 00:02.0
 *   xenfv-nic                likewise: machine xenfv, vga none, one rtl8139 of libxl's
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/fileio.h"
#include "harness/views/private.h"
#include "src/document.h"
#include "src/report.h"
#include "src/suite.h"

static json_t *view_of_sample(const char *name)
{
	const char *root = getenv("SOURCE_ROOT");
	char *path = NULL, *text = NULL;
	size_t length = 0;
	json_t *view;

	CU_ASSERT_FATAL(
		asprintf(&path, "%s/harness/views/corpus/qtree/%s", root ? root : ".", name) > 0);
	CU_ASSERT_EQUAL_FATAL(fileio_read(AT_FDCWD, path, &text, &length, NULL), 0);
	view = view_of_qtree(text, length);
	CU_ASSERT_PTR_NOT_NULL_FATAL(view);
	free(text);
	free(path);
	return view;
}

/* Whether the view has exactly that JSON in that row. */
static void check_row(const json_t *view, const char *row, const char *expected)
{
	json_t *value = json_loads(expected, JSON_DECODE_ANY, NULL);

	CU_ASSERT_PTR_NOT_NULL(value);
	CU_ASSERT(json_equal(json_object_get(view, row), value));
	if (!json_equal(json_object_get(view, row), value))
		printf("\n  %s is %s\n", row,
			json_object_get(view, row)
				? json_dumps(json_object_get(view, row), JSON_ENCODE_ANY)
				: "not said");
	json_decref(value);
}

static void a_pc_shows_its_devices_and_an_edid(void)
{
	json_t *view = view_of_sample("pc-vga-rtl8139");

	check_row(view, "host-bridge",
		"{\"type\": \"i440FX\", \"kind\": \"plain\", \"address\": \"0000:00:00.0\","
		" \"ids\": \"8086:1237\", \"class\": \"0x0600\"}");
	check_row(view, "vga",
		"{\"model\": \"VGA\", \"address\": \"0000:00:02.0\", \"ids\": \"1234:1111\","
		" \"class\": \"0x0300\"}");
	check_row(view, "nic",
		"{\"model\": \"rtl8139\", \"address\": \"0000:00:05.0\", \"ids\": \"10ec:8139\","
		" \"class\": \"0x0200\"}");
	check_row(view, "function 0000:00:01.3",
		"{\"type\": \"PIIX4_PM\", \"address\": \"0000:00:01.3\", \"ids\": \"8086:7113\","
		" \"class\": \"0x0680\"}");
	check_row(view, "platform", "null");
	/* de72c4b7cd: 1280x800 since QEMU 7.0 */
	check_row(view, "edid", "{\"preferred\": \"1280x800\"}");
	check_row(view, "mode", "{\"mode\": \"1280x800\"}");
	json_decref(view);
}

/* hw_compat_4_0, hw/core/machine.c since 0a71966253 */
static void an_old_machine_offers_no_edid(void)
{
	json_t *view = view_of_sample("pc-i440fx-3.1-vga");

	check_row(view, "edid", "null");
	CU_ASSERT_PTR_NULL(json_object_get(view, "mode"));
	check_row(view, "nic", "null");
	json_decref(view);
}

static void what_is_behind_a_bridge_is_left_out(void)
{
	json_t *view = view_of_sample("pc-cirrus-e1000-bridge");

	check_row(view, "nic",
		"{\"model\": \"e1000\", \"address\": \"0000:00:03.0\", \"ids\": \"8086:100e\","
		" \"class\": \"0x0200\"}");
	check_row(view, "vga",
		"{\"model\": \"cirrus-vga\", \"address\": \"0000:00:02.0\", \"ids\":"
		" \"1013:00b8\", \"class\": \"0x0300\"}");
	CU_ASSERT_PTR_NOT_NULL(json_object_get(view, "function 0000:00:04.0"));
	/* hw/display/cirrus_vga.c knows nothing of it */
	check_row(view, "edid", "null");
	json_decref(view);
}

/* The slot reservation, QEMU 4f67543bb8; the host bridge, 998250e976. */
static void a_xen_guest_shows_the_igd(void)
{
	json_t *view = view_of_sample("xenfv-igd");

	check_row(view, "host-bridge",
		"{\"type\": \"igd-passthrough-i440FX\", \"kind\": \"igd\", \"address\":"
		" \"0000:00:00.0\", \"ids\": \"8086:1237\", \"class\": \"0x0600\"}");
	check_row(view, VIEW_IGD,
		"{\"type\": \"xen-pci-passthrough\", \"address\": \"0000:00:02.0\", \"ids\":"
		" \"8086:3e92\"}");
	check_row(view, "platform",
		"{\"model\": \"xen-platform\", \"address\": \"0000:00:03.0\", \"ids\":"
		" \"5853:0001\", \"class\": \"0xff80\"}");
	check_row(view, "vga", "null");
	check_row(view, "isa-bridge", "null");
	json_decref(view);
}

static void a_xen_guest_shows_its_network_adapter(void)
{
	json_t *view = view_of_sample("xenfv-nic");

	check_row(view, "nic",
		"{\"model\": \"rtl8139\", \"address\": \"0000:00:03.0\", \"ids\": \"10ec:8139\","
		" \"class\": \"0x0200\"}");
	check_row(view, "platform",
		"{\"model\": \"xen-platform\", \"address\": \"0000:00:02.0\", \"ids\":"
		" \"5853:0001\", \"class\": \"0xff80\"}");
	check_row(view, "host-bridge",
		"{\"type\": \"i440FX\", \"kind\": \"plain\", \"address\": \"0000:00:00.0\","
		" \"ids\": \"8086:1237\", \"class\": \"0x0600\"}");
	json_decref(view);
}

static json_t *functions_of(const char *text)
{
	json_t *functions = view_qtree_functions(text, strlen(text));

	CU_ASSERT_PTR_NOT_NULL_FATAL(functions);
	return functions;
}

#define DEVICE "  dev: VGA, id \"\"\n"
#define CLASS  "    class VGA controller, addr 00:02.0, pci id 1234:1111 (sub 0:0)\n"

static void only_the_right_form_is_taken(void)
{
	static const char *const wrong[] = {
		"",
		"\n\n",
		CLASS,
		"  dev: \n" CLASS,
		"  dev: \033[2J, id \"\"\n" CLASS,
		DEVICE "  class VGA controller, addr 00:02.0, pci id 1234:1111\n",
		DEVICE "    class VGA controller, addr 00:20.0, pci id 1234:1111\n",
		DEVICE "    class VGA controller, addr 00:02.8, pci id 1234:1111\n",
		DEVICE "    class VGA controller, addr 01:02.0, pci id 1234:1111\n",
		DEVICE "    class VGA controller, addr 00:02.0, pci id 1234:111\n",
		DEVICE "    class VGA controller, addr 00:02.0, pci id 1234x1111\n",
		DEVICE "    class VGA controller, addr 00:02.0",
		DEVICE "    class VGA controller, addr ",
		DEVICE "    class ",
	};
	json_t *functions;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		functions = functions_of(wrong[i]);
		CU_ASSERT_EQUAL(json_array_size(functions), 0);
		json_decref(functions);
	}
	functions = functions_of(DEVICE CLASS);
	CU_ASSERT_EQUAL(json_array_size(functions), 1);
	json_decref(functions);
}

static void bars_are_where_they_are(void)
{
	static const char text[] = DEVICE "    bar 1: mem at 0x1 [0x2]\n" CLASS
					  "    bar 0: mem at 0xf1000000 [0xf1ffffff]\n"
					  "    bar 2: i/o at 0xffffffffffffffff [0xfe]\n"
					  "    bar 7: mem at 0x1 [0x2]\n"
					  "    bar x: mem at 0x1 [0x2]\n"
					  "    bus: b\n"
					  "      bar 3: mem at 0x1 [0x2]\n"
					  "  dev: cirrus-vga, id \"\"\n"
					  "    bar 4: mem at 0x1 [0x2]\n";
	json_t *functions = functions_of(text), *bars;

	CU_ASSERT_EQUAL(json_array_size(functions), 1);
	bars = json_object_get(json_array_get(functions, 0), "bars");
	CU_ASSERT_EQUAL(json_object_size(bars), 2);
	CU_ASSERT_STRING_EQUAL(document_text(bars, "0"), "0x00000000f1000000");
	CU_ASSERT(json_is_null(json_object_get(bars, "2")));
	json_decref(functions);
}

/* A QEMU that its guest has taken over may write anything, of any length. */
static void a_hostile_tree_is_bounded(void)
{
	char *text = NULL;
	size_t length = 0;
	FILE *stream = open_memstream(&text, &length);
	json_t *functions;

	CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
	for (int i = 0; i < 2000; i++)
		fprintf(stream,
			"  dev: a%d, id \"\"\n    class X, addr 00:%02x.%x, pci id 0000:%04x (sub\n",
			i, i / 8 % 32, i % 8, i);
	for (int i = 0; i < 5000; i++)
		fprintf(stream, "%*sbus: x\n%*sdev: y, id\n", i, "", i + 2, "");
	fprintf(stream, "  dev: %0600d, id\n" CLASS, 1);
	fclose(stream);
	functions = view_qtree_functions(text, length);
	CU_ASSERT_EQUAL(json_array_size(functions), REPORT_FUNCTIONS_MAX);
	/* the first at an address stays */
	CU_ASSERT_STRING_EQUAL(document_text(json_array_get(functions, 0), "ids"), "0000:0000");
	json_decref(functions);
	free(text);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "a pc shows its devices and an EDID", a_pc_shows_its_devices_and_an_edid },
		{ "an old machine offers no EDID", an_old_machine_offers_no_edid },
		{ "what is behind a bridge is left out", what_is_behind_a_bridge_is_left_out },
		{ "a Xen guest shows the IGD", a_xen_guest_shows_the_igd },
		{ "a Xen guest shows its network adapter", a_xen_guest_shows_its_network_adapter },
		{ "only the right form is taken", only_the_right_form_is_taken },
		{ "BARs are where they are", bars_are_where_they_are },
		{ "a hostile tree is bounded", a_hostile_tree_is_bounded },
		CU_TEST_INFO_NULL,
	};

	return suite_main("views_qtree", tests);
}
