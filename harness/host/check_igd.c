/* The device at 0000:00:02.0, where Xen, libxl and QEMU look for the IGD (XEN_PCI_IGD_SLOT in
 * QEMU's hw/xen/xen_pt.h, IGD_DEV in Xen). */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/host/check.h"
#include "src/document.h"
#include "src/tree.h"

#define DEVICE    "sys/bus/pci/devices/0000:00:02.0"
#define CLASS_VGA 0x0300 /* of a class without its last byte */
#define DRIVERS   "sys/bus/pci/drivers"

/* Is sysfs of the device there at all? A dump of configuration space alone has none. */
static bool has_sysfs(const struct host_view *view, const char *folder)
{
	char text[TREE_TEXT_MAX];

	return tree_text(view->sources->root, text, "%s", folder) == -EISDIR;
}

/* Where a fact of a device is from: the output of lspci, or else that file. */
static const char *source_of(const struct host_view *view, const char *file)
{
	return view->sources->lspci ? view->sources->lspci->name : file;
}

static void look_present(const struct host_view *view, struct host_answer *answer)
{
	const char *source = source_of(view, "/" DEVICE);
	const char *class = document_text(view->slot2, "class");
	json_t *ids;

	if (view->pci_trouble) {
		host_answer(answer, HOST_UNKNOWN, NULL, source, "%.300s", view->pci_trouble);
		return;
	}
	if (!view->slot2 && view->part[0]) {
		host_answer(answer, HOST_UNKNOWN, NULL, source,
			"%.250s, which do not include 0000:00:02.0", view->part);
		answer->advice = "give the output of `lspci -xxxx` for the whole machine";
		return;
	}
	if (!view->slot2) {
		host_answer(answer, HOST_FAIL, NULL, source, "there is no device at 0000:00:02.0");
		return;
	}
	ids = host_ids_json(view->slot2);
	if (view->igd)
		host_answer(answer, HOST_PASS, ids, source, "%s", "");
	else if (!class[0] || !document_text(view->slot2, "vendor")[0])
		host_answer(answer, HOST_UNKNOWN, ids, source,
			"%.200s has neither the class nor the vendor of 0000:00:02.0", source);
	else
		host_answer(answer, HOST_FAIL, ids, source,
			"the device at 0000:00:02.0, class %s, is not an Intel display", class);
}

/* What the lab mocks a GPU by, as its marker says; `name` is NULL without a marker. */
static void answer_mock(struct host_answer *answer, const char *name, const char *marker,
	const char *none, const char *meaning)
{
	if (!name)
		host_answer(answer, HOST_NOT_APPLICABLE, NULL, marker, "%s", none);
	else
		host_answer(answer, HOST_PASS, json_string(name[0] ? name : "unknown"), marker,
			"%s", meaning);
}

static void look_phantom(const struct host_view *view, struct host_answer *answer)
{
	answer_mock(answer, view->phantom, "/run/igd-phantom/active", "no phantom is active",
		"a phantom of the lab: an emulated VGA with the identity of this device; its "
		"results are not results of hardware");
}

static void look_virtual_gpu(const struct host_view *view, struct host_answer *answer)
{
	answer_mock(answer, view->virtual_gpu, "/run/igd-gpu/active", "no virtual GPU is active",
		"a VIRTUAL GPU of the lab: a model of this device; its results are not results of "
		"hardware");
}

/* The class is 0x0380 where firmware made a different display the primary one, and on hosts whose
 * firmware does not initialise the IGD as a VGA. */
static void look_class(const struct host_view *view, struct host_answer *answer)
{
	json_t *class = json_incref(json_object_get(view->igd, "class"));
	/* Without configuration space lspci says it in words. */
	const char *source = json_object_get(view->igd, "registers")
				     ? "its configuration space"
				     : source_of(view, "/" DEVICE "/class");

	if (view->class >> 8 == CLASS_VGA) {
		host_answer(answer, HOST_PASS, class, source, "%s", "");
		return;
	}
	host_answer(answer, HOST_FAIL, class, source,
		"the IGD's class is not 0x0300, so QEMU "
		"(is_igd_vga_passthrough()), hvmloader and libxl before 4.20 do "
		"not recognise it as an IGD: QEMU refuses the device, and no guest "
		"gets its OpRegion");
	if (host_has_other_display(view) == 0)
		answer->advice = "patch QEMU and hvmloader, as Qubes OS does: the firmware cannot "
				 "make the IGD the primary display, since the host has no other";
}

static void look_generation(const struct host_view *view, struct host_answer *answer)
{
	const struct igd_platform *platform = view->platform;

	if (!view->ids)
		host_answer(
			answer, HOST_UNKNOWN, NULL, IGD_IDS_FILE, "%.300s", view->ids_trouble.text);
	else if (!document_text(view->igd, "device")[0])
		host_answer(answer, HOST_UNKNOWN, NULL, view->lspci.name,
			"%.200s does not have the IGD's device id: give the output of "
			"`lspci -nn`",
			view->lspci.name);
	else if (!platform)
		host_answer(answer, HOST_UNKNOWN, NULL, IGD_IDS_FILE,
			"8086:%04x is not in the table of ids", view->device);
	else
		host_answer(answer, HOST_PASS,
			json_pack("{s:s, s:s, s:s}", "platform", platform->name, "name",
				platform->title, "generation", platform->graphics),
			IGD_IDS_FILE, "%s", "");
}

static void look_config(const struct host_view *view, struct host_answer *answer)
{
	uint32_t value;

	if (!json_object_get(view->igd, "registers")) {
		host_answer(answer, HOST_UNKNOWN, NULL, view->lspci.name,
			"%.200s does not have the IGD's configuration space: give the "
			"output of `lspci -xxxx`, run as root",
			view->lspci.name);
		return;
	}
	/* Beyond the first 64 bytes the kernel gives it to root alone (pci-sysfs.c). */
	if (host_register(view->igd, "0xfc", &value))
		host_answer(answer, HOST_PASS, NULL, "its configuration space", "%s", "");
	else
		host_answer(answer, HOST_UNKNOWN, NULL, "its configuration space",
			"only the first 64 bytes of the IGD's configuration space are readable");
}

static void look_driver(const struct host_view *view, struct host_answer *answer)
{
	const char *driver = document_text(view->igd, "driver");
	const char *source = source_of(view, "/" DEVICE "/driver");

	if (!json_object_get(view->igd, "driver")) {
		host_answer(answer, HOST_UNKNOWN, NULL,
			view->lspci.name ? view->lspci.name : DEVICE,
			"the record does not have the driver of the IGD");
		answer->advice = "record it: `lspci -k`, or the link /" DEVICE "/driver";
		return;
	}
	if (strcmp(driver, "i915") == 0 || strcmp(driver, "xe") == 0)
		host_answer(answer, HOST_UNKNOWN, json_string(driver), source,
			"%s drives the IGD in dom0, and dom0 may not survive "
			"unbinding it (QubesOS/qubes-issues #8657, #7587)",
			driver);
	else
		host_answer(answer, HOST_PASS, driver[0] ? json_string(driver) : NULL, source, "%s",
			driver[0] ? "" : "no driver is bound");
}

static void look_pciback(const struct host_view *view, struct host_answer *answer)
{
	/* A record may have the folder of one driver alone; pcieport is on every host of Intel's.
	 */
	bool whole = !view->sources->root[0] || has_sysfs(view, DRIVERS "/pcieport");

	if (has_sysfs(view, DRIVERS "/pciback"))
		host_answer(answer, HOST_PASS, json_true(), "/" DRIVERS, "%s", "");
	else if (whole && has_sysfs(view, DRIVERS))
		host_answer(answer, HOST_FAIL, json_false(), "/" DRIVERS,
			"xen-pciback is not loaded, so libxl cannot assign a device to a guest");
	else
		host_answer(answer, HOST_UNKNOWN, NULL, "/" DRIVERS, "the list of drivers %s",
			view->sources->root[0] ? "was not recorded" : "cannot be read");
}

static void look_reset(const struct host_view *view, struct host_answer *answer)
{
	char text[TREE_TEXT_MAX], ignored[TREE_TEXT_MAX];
	const char *root = view->sources->root;

	if (!has_sysfs(view, DEVICE)) {
		host_answer(answer, HOST_UNKNOWN, NULL, "/" DEVICE,
			"the device's folder in sysfs cannot be read");
		return;
	}
	/* `reset` is there if the kernel knows a way (pci-sysfs.c), and only root may open it. */
	if (tree_text(root, text, DEVICE "/reset_method") == 0 && text[0])
		host_answer(
			answer, HOST_PASS, json_string(text), "/" DEVICE "/reset_method", "%s", "");
	else if (tree_text(root, ignored, DEVICE "/reset") != -ENOENT)
		host_answer(answer, HOST_PASS, NULL, "/" DEVICE "/reset", "%s", "");
	else
		host_answer(answer, HOST_NOT_APPLICABLE, NULL, "/" DEVICE "/reset",
			"the kernel has no method to reset the IGD: a guest gets the IGD "
			"in the state in which the previous guest left it");
}

static bool has_virtual_functions(const struct host_view *view)
{
	char text[TREE_TEXT_MAX];

	return tree_text(view->sources->root, text, DEVICE "/sriov_numvfs") == 0 ||
	       (view->sources->root[0] && view->platform &&
		       strtod(view->platform->graphics, NULL) >= 12);
}

static void append_sibling(json_t *siblings, const json_t *function)
{
	json_t *ids = host_ids_json(function);

	json_array_append_new(siblings,
		json_sprintf("%s %s", document_text(function, "address"), json_string_value(ids)));
	json_decref(ids);
}

static void look_siblings(const struct host_view *view, struct host_answer *answer)
{
	const json_t *functions = json_object_get(json_object_get(view->host, "pci"), "functions");
	const json_t *function;
	const char *source = source_of(view, "/sys/bus/pci/devices");
	json_t *siblings = json_array();
	size_t i;

	json_array_foreach(functions, i, function)
	{
		const char *address = document_text(function, "address");

		if (strncmp(address, "0000:00:02.", 11) == 0 && address[11] != '0')
			append_sibling(siblings, function);
	}
	if (json_array_size(siblings) > 0) {
		host_answer(answer, HOST_UNKNOWN, siblings, source,
			"slot 2 has further functions, perhaps virtual functions (SR-IOV); "
			"such a function was mistaken for the IGD in QubesOS/qubes-issues "
			"#9853");
		/* Linux has the file for a function that can have virtual ones: Alder Lake on. */
		answer->advice = has_virtual_functions(view) ? "echo 0 > /" DEVICE "/sriov_numvfs"
							     : "pass 00:02.0 alone to a guest";
	} else if (view->part[0])
		host_answer(answer, HOST_UNKNOWN, siblings, source,
			"%.250s: slot 2 may have further functions", view->part);
	else
		host_answer(answer, HOST_PASS, siblings, source, "%s", "");
}

const struct host_check host_checks_igd[] = {
	{ "igd/present", "device at 0000:00:02.0", .decides = "igd",
		.advice = "enable the integrated GPU in the firmware setup", .look = look_present,
		.needed = true },
	{ "igd/phantom", "phantom, a mock IGD of the lab", .look = look_phantom },
	{ "igd/virtual-gpu", "virtual GPU, a model of an IGD in the lab",
		.look = look_virtual_gpu },
	{ "igd/class", "PCI class of the IGD", .decides = "igd_vga",
		.advice = "make the IGD the primary display in the firmware setup; or "
			  "patch QEMU and hvmloader, as Qubes OS does",
		.look = look_class, .needs_igd = true },
	{ "igd/generation", "generation of the IGD",
		.advice = "add its id to results/data/" IGD_IDS_FILE ", with the source",
		.look = look_generation, .needs_igd = true },
	{ "igd/config", "configuration space of the IGD", .advice = "run igd-harness as root",
		.look = look_config, .needs_igd = true },
	{ "igd/driver", "dom0's driver of the IGD",
		.advice = "boot dom0 with xen-pciback.hide=(00:02.0) on its "
			  "command line, so that no driver binds to the IGD",
		.look = look_driver, .needs_igd = true },
	{ "igd/pciback", "xen-pciback in dom0", .advice = "modprobe xen-pciback",
		.look = look_pciback },
	{ "igd/reset", "reset method of the IGD", .look = look_reset, .needs_igd = true },
	{ "igd/siblings", "further functions in slot 2", .look = look_siblings, .needs_igd = true },
	{ NULL },
};
