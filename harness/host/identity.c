#include "harness/host/identity.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "harness/host/own_display.h"
#include "src/document.h"
#include "src/field.h"
#include "src/functions.h"
#include "src/report.h"
#include "src/tree.h"

#define MARKER_MAX        8191 /* bytes */
#define MARKER_TEXT_MAX   256
#define CPUINFO_LINE_MAX  4096
#define CPUINFO_LINES_MAX 64 /* of one CPU; Linux 6.1 has 28 */

/* Of a device that QEMU emulates, docs/specs/pci-ids in QEMU; igd-gpu has the same. */
#define SUBSYSTEM_QEMU "0x1af4"

/* DMI vendors and products of machines that are programs (their own SMBIOS tables). */
static const char *const emulators[] = { "QEMU", "Bochs", "VMware", "innotek", "VirtualBox",
	"Microsoft Corporation Virtual", "Google Compute Engine", "Amazon EC2", "KVM", "OpenStack",
	"Xen", NULL };

static json_t *text_or_null(const char *text)
{
	json_t *value = text ? json_string(text) : NULL;

	return value ? value : json_null();
}

static bool emulated(const char *text)
{
	for (int i = 0; text && emulators[i]; i++) {
		if (strstr(text, emulators[i]))
			return true;
	}
	return false;
}

/* "model name" of the first CPU, JSON null if there is none; *hypervisor_r is the flag that a CPU
 * under a hypervisor shows. */
static json_t *read_cpu(const char *root, bool *hypervisor_r)
{
	FILE *file = tree_stream(root, "proc/cpuinfo");
	char line[CPUINFO_LINE_MAX];
	json_t *model = NULL;

	for (int i = 0; file && i < CPUINFO_LINES_MAX && fgets(line, sizeof(line), file); i++) {
		const char *colon = strchr(line, ':');

		if (line[0] == '\n')
			break;
		tree_clean(line);
		if (colon && !model && strncmp(line, "model name", 10) == 0)
			model = json_string(colon + 1 + (colon[1] == ' '));
		if (colon && strncmp(line, "flags", 5) == 0)
			*hypervisor_r = strstr(colon, " hypervisor") != NULL;
	}
	if (file)
		fclose(file);
	return model ? model : json_null();
}

/* A text of the marker, or null; what is too long for a marker is not taken over. */
static void take(json_t *device, const json_t *marker, const char *key)
{
	const char *text = json_string_value(json_object_get(marker, key));

	json_object_set_new(
		device, key, text_or_null(text && strlen(text) <= MARKER_TEXT_MAX ? text : NULL));
}

/*
 * What the lab wrote of a device that is no hardware, or NULL if it wrote nothing. A marker that
 * makes no sense is still one: then the name is null, and "error" says why.
 */
static json_t *read_marker(const char *root, const char *path, const char *const *keys)
{
	uint8_t text[MARKER_MAX + 1];
	json_t *device, *marker = NULL;
	ssize_t length = tree_bytes(root, text, sizeof(text), "%s", path);

	if (length == -ENOENT || length == -ENOTDIR)
		return NULL;
	if (length >= 0 && length <= MARKER_MAX)
		marker = json_loadb(
			(const char *)text, (size_t)length, JSON_REJECT_DUPLICATES, NULL);
	device = json_object();
	for (size_t i = 0; keys[i]; i++)
		take(device, marker, keys[i]);
	if (!json_is_string(json_object_get(device, "name")))
		json_object_set_new(device, "error", json_string("its marker cannot be read"));
	json_decref(marker);
	return device;
}

static const char *const phantom_keys[] = { "name", "vendor", "device", "class", "rom", "opregion",
	"bridge", NULL };
static const char *const virtual_gpu_keys[] = { "name", "options", NULL };

/* A display function of Intel's, but of QEMU's subsystem. */
static bool is_virtual_gpu(const json_t *function)
{
	return field_is_igd(function) &&
	       strcmp(document_text(function, "subsystem_vendor"), SUBSYSTEM_QEMU) == 0;
}

/*
 * By the lab's marker (ci/lab/lib/gpu.sh), or else by its own subsystem, which that of a phantom
 * is, too: under one is QEMU's emulated VGA. NULL: there is none.
 */
static json_t *find_virtual_gpu(const char *root, const json_t *host)
{
	json_t *gpu = read_marker(root, "run/igd-gpu/active", virtual_gpu_keys);
	const json_t *function;
	size_t i;

	json_array_foreach(json_object_get(json_object_get(host, "pci"), "functions"), i, function)
	{
		if (!gpu && !json_object_get(host, "phantom") && is_virtual_gpu(function))
			gpu = json_pack(
				"{s:n, s:n, s:s}", "name", "options", "error", "it has no marker");
	}
	return gpu;
}

/* Who QEMU and libxl look at: the host bridge, the display with its VFs, and the ISA bridge. */
static bool is_looked_at(struct bdf where)
{
	return where.domain == 0 && where.bus == 0 &&
	       ((where.slot == 0x00 && where.function == 0) || where.slot == 0x02 ||
		       (where.slot == 0x1f && where.function == 0));
}

/* A recorded tree may lack links. `uevent` names the driver that holds a function, if one does
 * (pci_uevent(), drivers/base/core.c's dev_uevent()). */
static bool is_driver_known(const char *root, const json_t *function)
{
	char text[TREE_TEXT_MAX];

	if (json_is_string(json_object_get(function, "driver")))
		return true;
	return tree_text(root, text, "sys/bus/pci/devices/%s/uevent",
		       document_text(function, "address")) == 0 &&
	       !strstr(text, "DRIVER=");
}

static void settle_drivers(const char *root, json_t *pci)
{
	json_t *function;
	size_t i;

	json_array_foreach(json_object_get(pci, "functions"), i, function)
	{
		if (!is_driver_known(root, function))
			json_object_del(function, "driver");
		else if (!json_object_get(function, "driver"))
			json_object_set_new(function, "driver", json_null());
	}
}

static void add_functions(const char *root, const struct lspci_text *lspci, json_t *host)
{
	const struct functions_scope scope = { .root = root, .wanted = is_looked_at };
	struct problem why = { 0 };
	char text[TREE_TEXT_MAX];
	json_t *pci = NULL;
	int r = lspci ? lspci_text_json(lspci, root, is_looked_at, &pci, &why)
		      : functions_json(&scope, &pci, &why);

	if (r < 0 && root[0] && !lspci && tree_text(root, text, "sys/bus/pci/devices") != -EISDIR) {
		why = (struct problem){ 0 };
		problem_set(&why, r,
			"no PCI device was recorded: the record has neither "
			"sys/bus/pci/devices nor an output of lspci");
	}
	if (r == 0 && root[0])
		settle_drivers(root, pci);

	if (r == 0)
		json_object_set_new(host, "pci", pci);
	else
		json_object_set_new(
			host, "pci_error", json_string(why.text[0] ? why.text : strerror(-r)));
}

json_t *host_identify(const char *root, const struct lspci_text *lspci)
{
	char vendor[TREE_TEXT_MAX], product[TREE_TEXT_MAX], xen[TREE_TEXT_MAX];
	bool has_vendor = tree_text(root, vendor, "sys/class/dmi/id/sys_vendor") == 0;
	bool has_xen = tree_text(root, xen, "sys/hypervisor/type") == 0;
	bool hypervisor = false;
	json_t *host = json_object(), *phantom, *virtual_gpu;
	json_t *cpu = read_cpu(root, &hypervisor);
	const char *place = NULL;

	tree_text(root, product, "sys/class/dmi/id/product_name");
	/* A dom0 always shows the hypervisor flag: Xen is under it. The DMI is then the machine's.
	 */
	if (emulated(vendor) || emulated(product) || (hypervisor && !has_xen))
		place = "virtual";
	else if (has_vendor)
		place = "hardware";
	json_object_set_new(host, "place", text_or_null(place));
	json_object_set_new(host, "sys_vendor", tree_json(root, "sys/class/dmi/id/sys_vendor"));
	json_object_set_new(host, "product_name", tree_json(root, "sys/class/dmi/id/product_name"));
	json_object_set_new(host, "cpu", cpu);
	json_object_set_new(host, "kernel", tree_json(root, "proc/sys/kernel/osrelease"));
	json_object_set_new(host, "name", tree_json(root, "proc/sys/kernel/hostname"));
	phantom = read_marker(root, "run/igd-phantom/active", phantom_keys);
	if (phantom)
		json_object_set_new(host, "phantom", phantom);
	add_functions(root, lspci, host);
	virtual_gpu = find_virtual_gpu(root, host);
	if (virtual_gpu)
		json_object_set_new(host, "virtual_gpu", virtual_gpu);
	/* A dump of configuration space has no driver. */
	if (!lspci)
		own_display_add(root, host);
	return host;
}

void host_identify_more(const char *root, json_t *host, const struct bdf *addresses, size_t count)
{
	const struct functions_scope all = { .root = root };
	json_t *pci = json_object_get(host, "pci"), *whole = NULL, *machine = NULL;

	for (size_t i = 0; pci && i < count; i++) {
		const json_t *function;

		if (report_function(host, addresses[i]))
			continue;
		/* All functions are read only for one that is not there, and once. */
		if (!machine && functions_json(&all, &whole, NULL) == 0)
			machine = json_pack("{s:o}", "pci", whole);
		if (!machine)
			return;
		function = report_function(machine, addresses[i]);
		if (function)
			json_array_append(json_object_get(pci, "functions"), (json_t *)function);
	}
	json_decref(machine);
}
