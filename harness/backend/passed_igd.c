#include "harness/backend/passed_igd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/plan/pci_spec.h"
#include "src/bdf.h"

#define PATH_SIZE 512
#define ID_SIZE   16

/* Of sysfs: "0x8086\n" and "0x030000\n"; class 03 is a display, subclasses 00 and 80 are a GPU's
 * (PCI Code and ID Assignment Specification, 1.4). */
#define VENDOR_INTEL 0x8086ul
#define CLASS_VGA    0x0300ul
#define CLASS_OTHER  0x0380ul

/* The phantom's place is always this one (ci/lab/phantom). */
static const struct bdf phantom = { .slot = 0x02 };

static unsigned long read_id(const char *root, struct bdf device, const char *name)
{
	char path[PATH_SIZE], address[BDF_TEXT_MAX], text[ID_SIZE] = "";
	FILE *file;

	bdf_format(device, address);
	snprintf(path, sizeof(path), "%s/sys/bus/pci/devices/%s/%s", root, address, name);
	file = fopen(path, "re");
	if (!file)
		return 0;
	if (!fgets(text, sizeof(text), file))
		text[0] = '\0';
	fclose(file);
	return strtoul(text, NULL, 16);
}

static bool is_phantom(const char *root, struct bdf device)
{
	char path[PATH_SIZE];

	snprintf(path, sizeof(path), "%s/run/igd-phantom/active", root);
	return bdf_equal(device, phantom) && access(path, F_OK) == 0;
}

static bool is_igd(const char *root, struct bdf device)
{
	unsigned long class = read_id(root, device, "class") >> 8;

	return read_id(root, device, "vendor") == VENDOR_INTEL &&
	       (class == CLASS_VGA || class == CLASS_OTHER) && !is_phantom(root, device);
}

static bool spec_is_igd(const char *root, const char *text)
{
	struct pci_spec spec;

	return text && pci_spec_parse(text, &spec, NULL) == 0 && is_igd(root, spec.host);
}

/* What follows `key` in a -device of QEMU, "host=0000:00:02.0,..." or the same in JSON. */
static bool find_host(const char *arg, struct bdf *device_r)
{
	static const char *const keys[] = { "host=", "\"host\":\"", "\"host\": \"" };
	char text[BDF_TEXT_MAX];

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const char *at = strstr(arg, keys[i]);

		if (!at)
			continue;
		at += strlen(keys[i]);
		snprintf(text, sizeof(text), "%.*s", (int)strcspn(at, ",\""), at);
		return bdf_parse(text, device_r) == 0;
	}
	return false;
}

static bool arg_is_igd(const char *root, const char *arg)
{
	struct bdf device;

	if (!arg)
		return false;
	if (strstr(arg, "vfio-user-pci"))
		return true;
	if (!strstr(arg, "vfio-pci"))
		return false;
	return !find_host(arg, &device) || is_igd(root, device);
}

static const struct {
	const char *backend, *setting;
	bool (*is)(const char *root, const char *text);
} devices[] = { { "libxl", "pci", spec_is_igd }, { "qemu", "args", arg_is_igd } };

bool passed_igd(const char *root, const json_t *cell, const char *backend)
{
	const json_t *settings = json_object_get(json_object_get(cell, "settings"), backend);

	for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++) {
		const json_t *list = json_object_get(settings, devices[i].setting);

		if (strcmp(devices[i].backend, backend) != 0)
			continue;
		for (size_t j = 0; j < json_array_size(list); j++)
			if (devices[i].is(root, json_string_value(json_array_get(list, j))))
				return true;
	}
	return false;
}
