/*
 * Names of xl.cfg(5), and others that people write, that are no settings, each with the reason.
 */
#include <stddef.h>
#include <string.h>

#include "harness/plan/settings/forms.h"

#define OF_THE_HARNESS "the harness sets this key, to find the guest and read its serial line"
#define OF_THE_IMAGE   "the guest's image sets this key: choose the image by `guest`"

static const struct {
	const char *name, *why;
} refused[] = {
	{ "name", OF_THE_HARNESS },
	{ "uuid", OF_THE_HARNESS },
	{ "type", OF_THE_HARNESS },
	{ "builder", OF_THE_HARNESS },
	{ "on_poweroff", OF_THE_HARNESS },
	{ "on_reboot", OF_THE_HARNESS },
	{ "on_crash", OF_THE_HARNESS },
	{ "serial", "each guest has a serial line, over which the agent sends its "
		    "report" },
	{ "kernel", OF_THE_IMAGE },
	{ "ramdisk", OF_THE_IMAGE },
	{ "extra", "write the kernel's parameters as cmdline" },
	{ "root", "write the kernel's parameters as cmdline" },
	{ "vif", "write the card's model as nic" },
	{ "firmware", "write bios: ovmf or bios: seabios; firmware is a key of PVH guests" },
	{ "pci_attach", "libxl attaches the devices of pci when it creates the guest: for a "
			"guest that runs write hotplug: true, and pci in `to`" },
	{ "stubdomain", "write device_model_stubdomain_override: true" },
	{ "device_model_override", "write device_model with a NAME of `run --model NAME=PATH`" },
	{ "device_model_version", "the harness uses qemu-xen only" },
	{ "device_model_args", "write device_model_args_hvm" },
	{ "device_model_machine",
		"libxl chooses the machine by xen_platform_pci; write a different "
		"-machine in device_model_args_hvm" },
	{ "machine", "libxl chooses the machine by xen_platform_pci; write a different "
		     "-machine in device_model_args_hvm" },
	{ "e820_host", "only PV guests have this key: hvmloader makes the memory map of "
		       "an HVM guest" },
	{ "spice", "spice would open a port of the host, which the harness does not "
		   "allow" },
	{ "gfx_passthru_kind", "write gfx_passthru: igd" },
	{ "nested", "write nestedhvm" },
	{ "msitranslate", "write it as an option of a device in pci" },
	{ "permissive", "write it as an option of a device in pci" },
	{ "pci_permissive", "write permissive=1 as an option of each device in pci" },
	{ "pci_msitranslate", "write msitranslate=1 as an option of each device in pci" },
	{ "pci_power_mgmt", "write power_mgmt=1 as an option of each device in pci" },
	{ "pci_seize", "write seize=1 as an option of each device in pci" },
	{ "rdm_policy", "write rdm_policy as an option of a device in pci, or rdm for all "
			"devices" },
};

const char *setting_why_not(const char *backend, const char *name)
{
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		if (strcmp(backend, "libxl") == 0 && strcmp(refused[i].name, name) == 0)
			return refused[i].why;
	}
	return NULL;
}
