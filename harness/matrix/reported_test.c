/*
 * Configurations from public reports of passed-through IGDs (threads of QubesOS, xen-devel,
 * XCP-ng, lf-edge/eve, tianocore and i915): each is taken, or refused when it is read, at its
 * place and with the reason. What is refused cannot work with libxl, or has a different name here.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "harness/matrix/private.h"
#include "src/suite.h"

/* %s are the settings, at line 5 from column 36 on. */
#define MATRIX                                                                                     \
	"format: igd-harness matrix\nversion: 1\nname: t\nabout: t\n"                              \
	"axes: {c: {one: {about: x, libxl: {%s}}}}\n"                                              \
	"defaults:\n  guest: linux\n  requires: {libxl: [hvm]}\n"                                  \
	"  libxl: {memory: 512, vga: none, xen_platform_pci: true, gfx_passthru: igd}\n"           \
	"cells:\n  - {c: one}\n"
#define FIRST  "5:36: "
#define IGD    "pci: [\"00:02.0\"]"
#define BEHIND "5:54: " /* IGD and a comma have 18 signs */
#define ARGS   IGD ", device_model_args_hvm: [\"-global\", \"xen-pci-passthrough."

static const struct {
	const char *settings, *place, *reason; /* NULL: it is taken */
} reported[] = {
	/* The device, and options of it. */
	{ IGD, NULL, NULL },
	{ "pci: [\"0000:00:02.0\"]", NULL, NULL },
	{ "pci: [\"00:02.0@02\"]", NULL, NULL },
	{ "pci: [\"00:02.0@02.0\"]", NULL, NULL },
	{ "pci: [\"00:02.1\"]", NULL, NULL },
	{ "pci: [\"00:02.0@02\", \"00:1f.3\"]", NULL, NULL },
	{ "pci: [\"03:00.0\", \"04:00.0\"]", NULL, NULL },
	{ "pci: [\"00:02.0,permissive=1\"]", NULL, NULL },
	{ "pci: [\"0000:00:02.0@02,permissive=1\"]", NULL, NULL },
	{ "pci: [\"00:02.0,msitranslate=1\"]", NULL, NULL },
	{ "pci: [\"00:02.0,power_mgmt=1\"]", NULL, NULL },
	{ "pci: [\"00:02.0,seize=1\"]", NULL, NULL },
	{ "pci: [\"00:02.0,rdm_policy=relaxed\"]", NULL, NULL },
	{ "pci: [\"00:1f.*\"]", "5:42: ", "write each function as an item of its own" },
	{ "pci: [\"10000:e1:00.0\"]", "5:42: ", "switch VMD off" },
	{ "pci: [\"banana\"]", "5:42: ", "is not a PCI address" },
	{ "pci: [\"zz:02.0\"]", "5:42: ", "is not a PCI address" },
	{ "pci: [\"00:02.0@20\"]", "5:42: ", "no valid slot" },
	{ "pci: [\"00:02.0\", \"0000:00:02.0@03\"]", "5:53: ", "the same device" },
	{ "pci_attach: [\"00:02.0\"]", FIRST, "write hotplug: true" },
	/* What the device needs of the guest. */
	{ IGD ", rdm: \"strategy=host,policy=relaxed\"", NULL, NULL },
	{ IGD ", ioports: [\"3b0-3bb\", \"3c0-3df\"]", NULL, NULL },
	{ IGD ", iomem: [\"a0,20\"]", NULL, NULL },
	{ IGD ", irqs: [16]", NULL, NULL },
	{ IGD ", hvm_pirq: true", NULL, NULL },
	{ IGD ", passthrough: sync_pt", NULL, NULL },
	{ ARGS "rombar=0\"]", NULL, NULL },
	{ ARGS "romfile=/opt/igd.rom\"]", NULL, NULL },
	{ IGD ", rombar: false, romfile: /opt/igd.rom", NULL, NULL },
	{ IGD ", cmdline: \"pci=nomsi i915.enable_guc=0\"", NULL, NULL },
	{ IGD ", memory: 6144, mmio_hole: 2048", NULL, NULL },
	{ IGD ", maxmem: 8192", "11:5: ", "populates the guest on demand" },
	/* Firmware and machine. */
	{ IGD ", bios: seabios", NULL, NULL },
	{ IGD ", bios: ovmf", NULL, NULL },
	{ IGD ", firmware: uefi", BEHIND, "write bios: ovmf" },
	{ IGD ", acpi: false", NULL, NULL },
	{ IGD ", nestedhvm: true", NULL, NULL },
	{ IGD ", viridian: true", NULL, NULL },
	{ IGD ", xen_platform_pci_bar_uc: false", NULL, NULL },
	{ IGD ", e820_host: true", BEHIND, "only PV guests have this key" },
	{ IGD ", device_model_args_hvm: [\"-machine\", \"q35,accel=xen\"]", NULL, NULL },
	{ IGD ", device_model_machine: q35", BEHIND, "in device_model_args_hvm" },
	{ IGD ", device_model_stubdomain_override: true", NULL, NULL },
	{ IGD ", stubdomain: true", BEHIND, "write device_model_stubdomain_override: true" },
	{ IGD ", dm_restrict: true", NULL, NULL },
	/* Screens and lines. */
	{ "vga: stdvga, videoram: 64", NULL, NULL },
	{ "vga: qxl, spice: true", "5:46: ", "spice would open a port" },
	{ "vga: virtio", FIRST, "one of none, stdvga, cirrus, qxl" },
	{ IGD ", vnc: false", NULL, NULL },
	{ IGD ", usb: true", NULL, NULL },
	{ IGD ", serial: none", BEHIND, "over which the agent sends its report" },
};

static void each_is_taken_or_refused_with_the_reason(void)
{
	for (size_t i = 0; i < sizeof(reported) / sizeof(reported[0]); i++) {
		struct problem why = { "" };
		json_t *plan = NULL;
		char text[1024], place[64];
		int r;

		snprintf(text, sizeof(text), MATRIX, reported[i].settings);
		snprintf(place, sizeof(place), "t.yaml:%s",
			reported[i].place ? reported[i].place : "");
		r = matrix_plan_text(
			&(struct matrix_file){ "t.yaml", text, strlen(text) }, NULL, &plan, &why);
		if (!reported[i].place && r != 0)
			printf("\n  %s\n  is refused: %s\n", reported[i].settings, why.text);
		else if (reported[i].place && strncmp(why.text, place, strlen(place)) != 0)
			printf("\n  %s\n  is not refused at %s: %s\n", reported[i].settings, place,
				why.text);
		CU_ASSERT_EQUAL(r, reported[i].place ? -EINVAL : 0);
		CU_ASSERT_EQUAL(plan != NULL, !reported[i].place);
		if (reported[i].place) {
			CU_ASSERT_EQUAL(strncmp(why.text, place, strlen(place)), 0);
			CU_ASSERT_PTR_NOT_NULL(strstr(why.text, reported[i].reason));
		}
		json_decref(plan);
	}
}

/* An expectation of a field that no report has. */
static void a_field_that_is_not_there_is_refused(void)
{
	char text[1024];
	struct problem why = { "" };
	json_t *plan = NULL;
	int used = snprintf(text, sizeof(text), MATRIX, IGD);

	snprintf(text + used, sizeof(text) - (size_t)used,
		"expect:\n  - {id: a, field: FIELD, value: x, source: test}\n");
	CU_ASSERT_EQUAL(matrix_plan_text(&(struct matrix_file){ "t.yaml", text, strlen(text) },
				NULL, &plan, &why),
		-EINVAL);
	CU_ASSERT_PTR_NULL(plan);
	CU_ASSERT_EQUAL(strncmp(why.text, "t.yaml:13:20: no field \"FIELD\"", 30), 0);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "each is taken, or refused with the reason",
			each_is_taken_or_refused_with_the_reason },
		{ "a field that is not there is refused", a_field_that_is_not_there_is_refused },
		CU_TEST_INFO_NULL,
	};

	return suite_main("reported", tests);
}
