#include "harness/host_identity.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "src/functions.h"

#define PHANTOM_MARKER_MAX 8191 /* bytes */
#define PHANTOM_TEXT_MAX   64

/* DMI vendors and products of machines that are programs (their own SMBIOS tables). */
static const char *const emulators[] = { "QEMU", "Bochs", "VMware", "innotek", "VirtualBox",
	"Microsoft Corporation Virtual", "Google Compute Engine", "Amazon EC2", "KVM", "OpenStack",
	"Xen", NULL };

/* First line of a small file, or NULL; the caller frees. */
static char *first_line(const char *root, const char *path)
{
	char *full = NULL, *line = NULL;
	size_t size = 0;
	FILE *file;

	if (asprintf(&full, "%s%s", root, path) < 0)
		return NULL;
	file = fopen(full, "re");
	free(full);
	if (!file)
		return NULL;
	if (getline(&line, &size, file) < 0) {
		free(line);
		line = NULL;
	} else {
		line[strcspn(line, "\n")] = 0;
	}
	fclose(file);
	return line;
}

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

/* "model name" of the first CPU; *hypervisor_r is the flag that a CPU under a hypervisor shows. */
static char *read_cpu(const char *root, bool *hypervisor_r)
{
	char *full = NULL, *line = NULL, *model = NULL;
	size_t size = 0;
	FILE *file;

	if (asprintf(&full, "%s/proc/cpuinfo", root) < 0)
		return NULL;
	file = fopen(full, "re");
	free(full);
	if (!file)
		return NULL;
	while (getline(&line, &size, file) > 0 && line[0] != '\n') {
		const char *colon = strchr(line, ':');

		line[strcspn(line, "\n")] = 0;
		if (colon && strncmp(line, "model name", 10) == 0)
			model = strdup(colon + 1 + (colon[1] == ' '));
		if (colon && strncmp(line, "flags", 5) == 0)
			*hypervisor_r = strstr(colon, " hypervisor") != NULL;
	}
	free(line);
	fclose(file);
	return model;
}

/* A text of the marker, or null; what is too long for a marker is not taken over. */
static void take(json_t *phantom, const json_t *marker, const char *key)
{
	const char *text = json_string_value(json_object_get(marker, key));

	json_object_set_new(
		phantom, key, text_or_null(text && strlen(text) <= PHANTOM_TEXT_MAX ? text : NULL));
}

/*
 * What igd-phantom (ci/lab/phantom) wrote down, or NULL if it wrote nothing. A marker that makes no
 * sense is still one: then the name is null, and "error" says why.
 */
static json_t *read_phantom(const char *root)
{
	static const char *const keys[] = { "name", "vendor", "device", "class", "rom", "opregion",
		"bridge" };
	char text[PHANTOM_MARKER_MAX + 1], *full = NULL;
	json_t *phantom, *marker = NULL;
	size_t length = 0;
	FILE *file;

	if (asprintf(&full, "%s/run/igd-phantom/active", root) < 0)
		return NULL;
	file = fopen(full, "re");
	if (!file && (errno == ENOENT || errno == ENOTDIR)) {
		free(full);
		return NULL;
	}
	free(full);
	if (file) {
		length = fread(text, 1, sizeof(text), file);
		fclose(file);
	}
	if (length <= PHANTOM_MARKER_MAX)
		marker = json_loadb(text, length, JSON_REJECT_DUPLICATES, NULL);
	phantom = json_object();
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		take(phantom, marker, keys[i]);
	if (!json_is_string(json_object_get(phantom, "name")))
		json_object_set_new(phantom, "error", json_string("its marker cannot be read"));
	json_decref(marker);
	return phantom;
}

/* Who QEMU and libxl look at: the host bridge, the display with its VFs, and the ISA bridge. */
static bool is_looked_at(struct bdf where)
{
	return where.domain == 0 && where.bus == 0 &&
	       ((where.slot == 0x00 && where.function == 0) || where.slot == 0x02 ||
		       (where.slot == 0x1f && where.function == 0));
}

static void add_functions(const char *root, json_t *host)
{
	const struct functions_scope scope = { .root = root, .wanted = is_looked_at };
	struct problem why = { 0 };
	json_t *pci = NULL;

	if (functions_json(&scope, &pci, &why) == 0)
		json_object_set_new(host, "pci", pci);
	else
		json_object_set_new(host, "pci_error", json_string(why.text));
}

json_t *host_identify(const char *root)
{
	char *vendor = first_line(root, "/sys/class/dmi/id/sys_vendor");
	char *product = first_line(root, "/sys/class/dmi/id/product_name");
	char *xen = first_line(root, "/sys/hypervisor/type");
	char name[256] = "";
	struct utsname uts;
	bool hypervisor = false;
	char *cpu = read_cpu(root, &hypervisor);
	json_t *host = json_object(), *phantom = read_phantom(root);
	const char *place = NULL;

	/* A dom0 always shows the hypervisor flag: Xen is under it. The DMI is then the machine's.
	 */
	if (emulated(vendor) || emulated(product) || (hypervisor && !xen))
		place = "virtual";
	else if (vendor)
		place = "hardware";
	gethostname(name, sizeof(name) - 1);
	uname(&uts);
	json_object_set_new(host, "place", text_or_null(place));
	json_object_set_new(host, "sys_vendor", text_or_null(vendor));
	json_object_set_new(host, "product_name", text_or_null(product));
	json_object_set_new(host, "cpu", text_or_null(cpu));
	json_object_set_new(host, "kernel", json_string(uts.release));
	json_object_set_new(host, "name", text_or_null(name));
	if (phantom)
		json_object_set_new(host, "phantom", phantom);
	add_functions(root, host);
	free(vendor);
	free(product);
	free(xen);
	free(cpu);
	return host;
}

int host_capabilities(const char *root, json_t *capabilities)
{
	char *vendor = first_line(root, "/sys/bus/pci/devices/0000:00:02.0/vendor");
	char *class = first_line(root, "/sys/bus/pci/devices/0000:00:02.0/class");
	int r = 0;

	if (vendor && class && strcmp(vendor, "0x8086") == 0 && strncmp(class, "0x03", 4) == 0)
		r = json_array_append_new(capabilities, json_string("igd")) < 0 ? -ENOMEM : 0;
	free(vendor);
	free(class);
	return r;
}
