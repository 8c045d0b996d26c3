#include "harness/host/identity.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/suite.h"

static char root[] = "/tmp/igd-host-XXXXXX";

static void put(const char *path, const char *text)
{
	char command[256];
	FILE *file;

	snprintf(command, sizeof(command), "mkdir -p $(dirname %s%s)", root, path);
	CU_ASSERT_EQUAL_FATAL(system(command), 0);
	snprintf(command, sizeof(command), "%s%s", root, path);
	file = fopen(command, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	fputs(text, file);
	fclose(file);
}

static void place_is(const char *place)
{
	json_t *host = host_identify(root, NULL);
	const char *seen = json_string_value(json_object_get(host, "place"));

	if (place) {
		CU_ASSERT_PTR_NOT_NULL_FATAL(seen);
		CU_ASSERT_STRING_EQUAL(seen, place);
	} else {
		CU_ASSERT(json_is_null(json_object_get(host, "place")));
	}
	json_decref(host);
}

static void what_cannot_be_read_is_not_claimed(void)
{
	place_is(NULL);
}

static void an_emulator_is_virtual_by_its_dmi(void)
{
	put("/sys/class/dmi/id/sys_vendor", "QEMU\n");
	put("/sys/class/dmi/id/product_name", "Standard PC (Q35 + ICH9, 2009)\n");
	put("/sys/hypervisor/type", "xen\n");
	place_is("virtual");
}

static void a_real_dom0_is_hardware(void)
{
	put("/sys/class/dmi/id/sys_vendor", "LENOVO\n");
	put("/sys/class/dmi/id/product_name", "20BWS03N00\n");
	/* Xen is under every dom0, and its CPU says so. */
	put("/proc/cpuinfo", "processor\t: 0\nmodel name\t: Intel(R) Core(TM) i7-5600U\n"
			     "flags\t\t: fpu sse hypervisor lahf_lm\n\n");
	place_is("hardware");
}

static void a_guest_of_some_other_hypervisor_is_virtual(void)
{
	char command[256];

	snprintf(command, sizeof(command), "rm -r %s/sys/hypervisor", root);
	CU_ASSERT_EQUAL(system(command), 0);
	place_is("virtual");
}

/* The value at that key of "phantom", or an empty text. */
static void phantom_is(const char *key, const char *value)
{
	json_t *host = host_identify(root, NULL);
	const json_t *phantom = json_object_get(host, "phantom");
	const char *seen = json_string_value(json_object_get(phantom, key));

	CU_ASSERT(json_is_object(phantom));
	CU_ASSERT_STRING_EQUAL(seen ? seen : "", value);
	json_decref(host);
}

static void a_phantom_is_named(void)
{
	json_t *host = host_identify(root, NULL);

	CU_ASSERT_PTR_NULL(json_object_get(host, "phantom"));
	json_decref(host);
	put("/run/igd-phantom/active",
		"{\"name\": \"skylake\", \"device\": \"0x1912\", \"opregion\": null,"
		" \"covers\": [\"x\"]}");
	phantom_is("name", "skylake");
	phantom_is("device", "0x1912");
	phantom_is("opregion", "");
	phantom_is("covers", "");
	phantom_is("error", "");
}

static void a_marker_without_sense_is_a_phantom_still(void)
{
	static const char *const wrong[] = { "", "{", "[]", "{\"name\": 1}",
		"{\"name\": \"a\", \"name\": \"b\"}" };
	char huge[10000];

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		put("/run/igd-phantom/active", wrong[i]);
		phantom_is("name", "");
		phantom_is("error", "its marker cannot be read");
	}
	memset(huge, ' ', sizeof(huge));
	memcpy(huge, "{\"name\": \"a\"}", 13);
	huge[sizeof(huge) - 1] = '\0';
	put("/run/igd-phantom/active", huge);
	phantom_is("error", "its marker cannot be read");
}

/* A display of Intel's with QEMU's subsystem, docs/specs/pci-ids in QEMU. */
static void a_virtual_gpu_is_no_phantom(void)
{
	static const unsigned char config[64] = {
		[0x00] = 0x86, 0x80, 0x92, 0x3e, [0x0b] = 0x03, [0x2c] = 0xf4, 0x1a, 0x00, 0x11
	};
	static const char *const files[][2] = { { "vendor", "0x8086" }, { "device", "0x3e92" },
		{ "class", "0x030000" }, { "subsystem_vendor", "0x1af4" },
		{ "subsystem_device", "0x1100" }, { "irq", "0" }, { "resource", "" },
		{ "config", "" } };
	char path[128];
	json_t *host;
	FILE *file;

	/* libpci takes of these what its version takes. */
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(path, sizeof(path), "/sys/bus/pci/devices/0000:00:02.0/%s", files[i][0]);
		put(path, files[i][1]);
	}
	snprintf(path, sizeof(path), "%s/sys/bus/pci/devices/0000:00:02.0/config", root);
	file = fopen(path, "wb");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	CU_ASSERT_EQUAL(fwrite(config, 1, sizeof(config), file), sizeof(config));
	fclose(file);
	put("/run/igd-phantom/active", "{\"name\": \"coffee-lake\"}");
	phantom_is("name", "coffee-lake");
	host = host_identify(root, NULL);
	CU_ASSERT_PTR_NULL(json_object_get(host, "virtual_gpu"));
	json_decref(host);
	snprintf(path, sizeof(path), "%s/run/igd-phantom/active", root);
	CU_ASSERT_EQUAL(unlink(path), 0);
	host = host_identify(root, NULL);
	CU_ASSERT_PTR_NULL(json_object_get(host, "phantom"));
	CU_ASSERT(json_is_object(json_object_get(host, "virtual_gpu")));
	json_decref(host);
}

/* What lspci says of such a machine: ids of QEMU's i440FX and VGA, docs/specs/pci-ids. */
static void the_functions_that_matter_are_there(void)
{
	static const struct bdf more[] = { { .slot = 1 }, { .slot = 1 }, { .slot = 9 },
		{ .slot = 2 } };
	const char *source = getenv("SOURCE_ROOT");
	char tree[256];
	json_t *host, *functions;

	snprintf(tree, sizeof(tree), "%s/guests/agent/testdata/qemu-7.2-pc", source ? source : ".");
	host = host_identify(tree, NULL);
	functions = json_object_get(json_object_get(host, "pci"), "functions");
	CU_ASSERT_EQUAL(json_array_size(functions), 2);
	for (size_t i = 0; i < json_array_size(functions); i++) {
		static const char *const wanted[][2] = { { "0000:00:00.0", "0x1237" },
			{ "0000:00:02.0", "0x1111" } };
		const json_t *function = json_array_get(functions, i);

		CU_ASSERT_STRING_EQUAL(
			json_string_value(json_object_get(function, "address")), wanted[i][0]);
		CU_ASSERT_STRING_EQUAL(
			json_string_value(json_object_get(function, "device")), wanted[i][1]);
	}
	/* What a cell passes through is added, once and if it is there: PIIX3's ISA bridge. */
	host_identify_more(tree, host, more, sizeof(more) / sizeof(more[0]));
	CU_ASSERT_EQUAL(json_array_size(functions), 3);
	CU_ASSERT_STRING_EQUAL(
		json_string_value(json_object_get(json_array_get(functions, 2), "device")),
		"0x7000");
	json_decref(host);
	/* No sysfs at all: libpci says so, and nothing is claimed. */
	host = host_identify("/nowhere", NULL);
	CU_ASSERT_PTR_NULL(json_object_get(host, "pci"));
	CU_ASSERT(json_is_string(json_object_get(host, "pci_error")));
	json_decref(host);
}

static CU_TestInfo tests[] = {
	{ "what cannot be read is not claimed", what_cannot_be_read_is_not_claimed },
	{ "an emulator is virtual by its DMI", an_emulator_is_virtual_by_its_dmi },
	{ "a real dom0 is hardware", a_real_dom0_is_hardware },
	{ "a guest of some other hypervisor is virtual",
		a_guest_of_some_other_hypervisor_is_virtual },
	{ "a phantom is named", a_phantom_is_named },
	{ "a marker without sense is a phantom still", a_marker_without_sense_is_a_phantom_still },
	{ "a virtual GPU is no phantom", a_virtual_gpu_is_no_phantom },
	{ "the functions that matter are there", the_functions_that_matter_are_there },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	int status;

	if (!mkdtemp(root))
		return 1;
	status = suite_main("host_identity", tests);
	return suite_remove(root, status);
}
