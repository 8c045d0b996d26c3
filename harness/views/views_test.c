/*
 * A cell with all four views: settings, QEMU's arguments and the guest's report of the recorded
 * xenfv-libxl-on-none, with QEMU's tree and libxl's word of a cell of the same settings in the same
 * lab (corpus/views_qtree/xenfv-igd). Each test changes one piece of that evidence, and says at
 * which layer the views then part.
 */
#include "harness/base/fileio.h"
#include "harness/views/views.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/views/private.h"
#include "src/document.h"
#include "src/suite.h"

#define RECORDED "results/recorded/lab-bookworm-seed-igd/cells/003-xenfv-libxl-on-none-0nic/"

/* The pieces; a test changes them, and begin() makes them anew. */
static struct {
	json_t *settings, *libxl, *report;
	char *args, *policy, *qtree;
	char dir[32];
	int fd;
} cell;

static char *read_source(const char *name)
{
	const char *root = getenv("SOURCE_ROOT");
	char *path = NULL, *text = NULL;
	size_t length = 0;

	CU_ASSERT_FATAL(asprintf(&path, "%s/%s", root ? root : ".", name) > 0);
	CU_ASSERT_EQUAL_FATAL(fileio_read(AT_FDCWD, path, &text, &length, NULL), 0);
	free(path);
	return text;
}

static json_t *json_of(const char *text)
{
	json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);

	CU_ASSERT_PTR_NOT_NULL_FATAL(value);
	return value;
}

static void begin(void)
{
	char *report = read_source(RECORDED "report.json");

	cell.settings = json_of("{\"xen_platform_pci\": true, \"gfx_passthru\": \"igd\", \"pci\":"
				" [\"00:02.0\"], \"vga\": \"none\"}");
	cell.libxl =
		json_of("{\"format\": \"igd-harness libxl\", \"version\": 1, \"domid\": 1,"
			" \"pci\": [{\"host\": \"0000:00:02.0\", \"guest\": \"0000:00:02.0\"}]}");
	cell.report = json_of(report);
	cell.args = read_source(RECORDED "qemu-args.txt");
	cell.policy = NULL;
	cell.qtree = read_source("harness/views/corpus/qtree/xenfv-igd");
	strcpy(cell.dir, "/tmp/igd-views-XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(cell.dir));
	cell.fd = open(cell.dir, O_RDONLY | O_DIRECTORY);
	free(report);
}

static void put_file(const char *name, const char *text)
{
	if (text)
		CU_ASSERT_EQUAL(fileio_write(cell.fd, name, text, strlen(text), NULL), 0);
}

/* The views of the pieces as they are now; frees these. */
static json_t *end(void)
{
	static const char *const files[] = { "qemu-args.txt", "qemu-args-libxl.txt",
		"qemu-args-policy.txt", "qemu-qtree.txt", "libxl.json" };
	json_t *plan = json_pack("{s:{s:o}}", "settings", "libxl", cell.settings), *views;

	put_file(cell.policy ? "qemu-args-libxl.txt" : "qemu-args.txt", cell.args);
	put_file("qemu-args-policy.txt", cell.policy);
	put_file("qemu-qtree.txt", cell.qtree);
	if (cell.libxl)
		CU_ASSERT_EQUAL(fileio_write_json(cell.fd, "libxl.json", cell.libxl, NULL), 0);
	views = views_of_cell(plan, "libxl", cell.fd, cell.report);
	CU_ASSERT_PTR_NOT_NULL_FATAL(views);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		unlinkat(cell.fd, files[i], 0);
	close(cell.fd);
	CU_ASSERT_EQUAL(rmdir(cell.dir), 0);
	json_decref(plan);
	json_decref(cell.libxl);
	json_decref(cell.report);
	free(cell.args);
	free(cell.policy);
	free(cell.qtree);
	return views;
}

/* Replaces the first `from`, which must be there, in a piece of text. */
static void replace(char **text, const char *from, const char *to)
{
	char *at = strstr(*text, from), *changed = NULL;

	CU_ASSERT_PTR_NOT_NULL_FATAL(at);
	CU_ASSERT_FATAL(asprintf(&changed, "%.*s%s%s", (int)(at - *text), *text, to,
				at + strlen(from)) >= 0);
	free(*text);
	*text = changed;
}

static json_t *function_at(const char *address)
{
	json_t *list = json_object_get(json_object_get(cell.report, "pci"), "functions"), *function;
	size_t i;

	json_array_foreach(list, i, function)
	{
		if (strcmp(document_text(function, "address"), address) == 0)
			return function;
	}
	CU_FAIL_FATAL("no such function in the report");
	return NULL;
}

static void remove_function(const char *address)
{
	json_t *list = json_object_get(json_object_get(cell.report, "pci"), "functions");

	for (size_t i = 0; i < json_array_size(list); i++) {
		if (strcmp(document_text(json_array_get(list, i), "address"), address) == 0)
			json_array_remove(list, i);
	}
}

static const json_t *device(const json_t *views, const char *name, const char *what)
{
	const json_t *entry;
	size_t i;

	json_array_foreach(json_object_get(views, "devices"), i, entry)
	{
		if (strcmp(document_text(entry, "device"), name) == 0 &&
			(!what || strcmp(document_text(entry, "what"), what) == 0))
			return entry;
	}
	return NULL;
}

/* That device alone parts, at that layer, and the sentence says `why`. Frees the views. */
static void check_parting(json_t *views, const char *name, const char *layer, const char *why)
{
	const json_t *entry;
	size_t i, parted = 0;

	CU_ASSERT_STRING_EQUAL(document_text(views, "parts_at"), layer);
	json_array_foreach(json_object_get(views, "devices"), i, entry)
	{
		const char *text = document_text(entry, "why");

		if (!text[0])
			continue;
		parted++;
		CU_ASSERT_STRING_EQUAL(document_text(entry, "device"), name);
		CU_ASSERT_STRING_EQUAL(document_text(entry, "parts_at"), layer);
		CU_ASSERT_PTR_NOT_NULL(strstr(text, why));
		if (!strstr(text, why))
			printf("\n  %s: %s\n", document_text(entry, "device"), text);
	}
	CU_ASSERT_EQUAL(parted, 1);
	json_decref(views);
}

static void four_views_of_a_good_cell_agree(void)
{
	static const char *const layers[] = { "config", "libxl", "qemu", "guest" };
	static const char *const order[] = { "host-bridge", "platform", "igd", "function",
		"function", "function", "opregion" };
	const json_t *list;
	json_t *views;

	begin();
	views = end();
	list = json_object_get(views, "layers");
	CU_ASSERT_EQUAL_FATAL(json_array_size(list), 4);
	for (size_t i = 0; i < 4; i++)
		CU_ASSERT_STRING_EQUAL(json_string_value(json_array_get(list, i)), layers[i]);
	CU_ASSERT(json_is_null(json_object_get(views, "parts_at")));
	list = json_object_get(views, "devices");
	CU_ASSERT_EQUAL_FATAL(json_array_size(list), 7);
	for (size_t i = 0; i < 7; i++) {
		const json_t *entry = json_array_get(list, i);

		CU_ASSERT_STRING_EQUAL(document_text(entry, "device"), order[i]);
		CU_ASSERT(json_is_null(json_object_get(entry, "parts_at")));
		CU_ASSERT_STRING_EQUAL(document_text(entry, "why"), "");
		CU_ASSERT(strcmp(order[i], "opregion") == 0 || json_object_get(entry, "qemu"));
	}
	list = json_object_get(device(views, "igd", "0000:00:02.0 of the host"), "libxl");
	CU_ASSERT(json_is_true(json_object_get(list, "learned")));
	CU_ASSERT_STRING_EQUAL(document_text(list, "address"), "0000:00:02.0");
	json_decref(views);
}

static void libxl_without_the_device_is_named(void)
{
	begin();
	json_array_clear(json_object_get(cell.libxl, "pci"));
	/* and so QEMU and guest do not have it */
	replace(&cell.qtree, "hostaddr = \"0000:00:02.0\"", "hostaddr = \"\"");
	replace(&cell.qtree, "class Class 0000", "class-less");
	remove_function("0000:00:02.0");
	check_parting(end(), "igd", "libxl", "the configuration has it, libxl has not");
}

static void another_slot_than_libxl_knows_is_qemus(void)
{
	begin();
	replace(&cell.qtree, "Class 0000, addr 00:02.0", "Class 0000, addr 00:04.0");
	json_object_set_new(function_at("0000:00:02.0"), "address", json_string("0000:00:04.0"));
	check_parting(
		end(), "igd", "qemu", "address: libxl has 0000:00:02.0, QEMU has 0000:00:04.0");
}

static void a_slot_asked_for_and_not_given_is_named(void)
{
	begin();
	json_object_set_new(cell.settings, "pci", json_of("[\"00:02.0@05\"]"));
	check_parting(end(), "igd", "libxl",
		"address: the configuration has 0000:00:05.0, libxl has 0000:00:02.0");
	begin();
	json_object_set_new(cell.settings, "pci", json_of("[\"00:02.0@05\"]"));
	json_decref(cell.libxl);
	cell.libxl = NULL;
	check_parting(end(), "igd", "qemu",
		"address: the configuration has 0000:00:05.0, QEMU has 0000:00:02.0");
}

static void a_guest_that_sees_it_elsewhere_is_named(void)
{
	begin();
	json_object_set_new(function_at("0000:00:02.0"), "address", json_string("0000:00:06.0"));
	check_parting(end(), "igd", "guest",
		"address: QEMU has 0000:00:02.0, the guest has 0000:00:06.0");
}

static void a_guest_that_sees_another_is_named(void)
{
	begin();
	json_object_set_new(function_at("0000:00:01.3"), "device", json_string("0x7114"));
	check_parting(end(), "function", "guest", "ids: QEMU has 8086:7113");
	begin();
	remove_function("0000:00:03.0");
	check_parting(end(), "platform", "guest", "QEMU has it, the guest has not");
}

/* pc_i440fx_init() makes the plain one whatever igd-passthru says, hw/i386/pc_piix.c. */
static void a_plain_host_bridge_is_qemus(void)
{
	json_t *expected = json_string("0x000001c1"), *views;

	begin();
	replace(&cell.qtree, "dev: igd-passthrough-i440FX", "dev: i440FX");
	json_object_set_new(json_object_get(function_at("0000:00:00.0"), "registers"), "0x50",
		json_string("0x00000000"));
	views = end();
	CU_ASSERT_STRING_EQUAL_FATAL(
		views_blame(views, "host_bridge/0x50", expected, NULL), "qemu");
	check_parting(views, "host-bridge", "qemu", "only the machine xenfv");
	json_decref(expected);
}

static void an_unplugged_adapter_is_named(void)
{
	begin();
	json_object_set_new(cell.settings, "nic", json_string("rtl8139"));
	replace(&cell.args, "-boot\n", "-device\nrtl8139,id=nic0\n-boot\n");
	replace(&cell.qtree, "      dev: xen-platform",
		"      dev: rtl8139, id \"nic0\"\r\n        class Ethernet controller, addr 00:04.0,"
		" pci id 10ec:8139 (sub 1af4:1100)\r\n      dev: xen-platform");
	check_parting(end(), "nic", "guest", "xen_emul_unplug=never");
}

static void an_adapter_that_libxl_left_out_is_named(void)
{
	begin();
	json_object_set_new(cell.settings, "vga", json_string("stdvga"));
	check_parting(end(), "vga", "libxl", "the configuration has it, libxl has not");
}

static void a_bridge_that_the_guest_misses_is_named(void)
{
	begin();
	replace(&cell.qtree, "      dev: xen-platform",
		"      dev: igd-passthrough-isa-bridge, id \"\"\r\n        class ISA bridge, addr"
		" 00:1f.0, pci id 8086:8c4e (sub 1af4:1100)\r\n      dev: xen-platform");
	check_parting(end(), "isa-bridge", "guest", "QEMU has it, the guest has not");
}

static void an_opregion_that_is_none_is_named(void)
{
	begin();
	json_object_set_new(json_object_get(function_at("0000:00:02.0"), "opregion"), "signature",
		json_string("S\xc3\xbf"));
	check_parting(end(), "opregion", "guest", "the host may have none");
	begin();
	json_object_set_new(json_object_get(function_at("0000:00:02.0"), "registers"), "0xfc",
		json_string("0x00000000"));
	json_object_set_new(function_at("0000:00:02.0"), "opregion", json_null());
	check_parting(end(), "opregion", "firmware", "hvmloader");
}

static void a_policy_is_named_if_it_took_something_away(void)
{
	begin();
	cell.policy = strdup(cell.args);
	replace(&cell.policy, "xenfv,suppress", "pc,accel=xen,suppress");
	replace(&cell.qtree, "      dev: xen-platform", "      dev-less");
	remove_function("0000:00:03.0");
	check_parting(end(), "platform", "policy", "libxl has it, the policy has not");
}

static size_t count_layers(json_t *views)
{
	size_t count = json_array_size(json_object_get(views, "layers"));

	json_decref(views);
	return count;
}

static void evidence_that_is_missing_or_odd_is_no_layer(void)
{
	json_t *plan = json_of("{\"settings\": {\"libxl\": {}, \"qemu\": {}}}"), *views;

	begin();
	free(cell.qtree);
	cell.qtree = strdup("unknown command: 'info qtree'\r\n");
	CU_ASSERT_EQUAL(count_layers(end()), 3);
	begin();
	json_object_set_new(cell.libxl, "format", json_string("another"));
	free(cell.args);
	cell.args = NULL;
	CU_ASSERT_EQUAL(count_layers(end()), 3);
	begin();
	/* A value of a wrong type: the document is refused as a whole. */
	json_object_set_new(cell.libxl, "pci", json_of("[1, {\"host\": 1}]"));
	CU_ASSERT_EQUAL(count_layers(end()), 4);
	begin();
	json_object_set_new(cell.libxl, "pci", json_of("[{}, {\"host\": \"x\"}]"));
	views = end();
	CU_ASSERT_STRING_EQUAL(document_text(device(views, "igd", NULL), "parts_at"), "libxl");
	json_decref(views);
	CU_ASSERT_EQUAL(count_layers(views_of_cell(plan, "libxl", -1, NULL)), 1);
	views = views_of_cell(plan, "qemu", -1, NULL);
	CU_ASSERT_EQUAL(json_array_size(json_object_get(views, "devices")), 0);
	CU_ASSERT(json_is_null(json_object_get(views, "parts_at")));
	CU_ASSERT_EQUAL(count_layers(views), 0);
	json_decref(plan);
}

/* A device behind the part that would be read would count as absent. */
static void a_tree_that_is_too_long_is_no_evidence(void)
{
	char *longer = NULL;

	begin();
	CU_ASSERT_FATAL(asprintf(&longer, "%s%*s", cell.qtree, (int)VIEW_TEXT_MAX, "\n") > 0);
	free(cell.qtree);
	cell.qtree = longer;
	CU_ASSERT_EQUAL(count_layers(end()), 3);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "four views of a good cell agree", four_views_of_a_good_cell_agree },
		{ "libxl without the device is named", libxl_without_the_device_is_named },
		{ "another slot than libxl knows is QEMU's",
			another_slot_than_libxl_knows_is_qemus },
		{ "a slot asked for and not given is named",
			a_slot_asked_for_and_not_given_is_named },
		{ "a guest that sees it elsewhere is named",
			a_guest_that_sees_it_elsewhere_is_named },
		{ "a guest that sees another is named", a_guest_that_sees_another_is_named },
		{ "a plain host bridge is QEMU's", a_plain_host_bridge_is_qemus },
		{ "an unplugged adapter is named", an_unplugged_adapter_is_named },
		{ "an adapter that libxl left out is named",
			an_adapter_that_libxl_left_out_is_named },
		{ "a bridge that the guest misses is named",
			a_bridge_that_the_guest_misses_is_named },
		{ "an OpRegion that is none is named", an_opregion_that_is_none_is_named },
		{ "a policy is named if it took something away",
			a_policy_is_named_if_it_took_something_away },
		{ "evidence that is missing or odd is no layer",
			evidence_that_is_missing_or_odd_is_no_layer },
		{ "a tree that is too long is no evidence",
			a_tree_that_is_too_long_is_no_evidence },
		CU_TEST_INFO_NULL,
	};

	return suite_main("views", tests);
}
