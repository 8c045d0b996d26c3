/*
 * Names of xl.cfg(5), and others that people write, that are no settings, each with the reason.
 */
#include <stddef.h>
#include <string.h>

#include "harness/plan/settings/forms.h"

#define OF_THE_HARNESS "the harness chooses it, so that it can find the guest and talk to it"
#define OF_THE_IMAGE   "it is of the guest's image: choose the image by `guest`"

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
	{ "serial", "the agent's report comes over the serial line, so that each guest has one" },
	{ "kernel", OF_THE_IMAGE },
	{ "ramdisk", OF_THE_IMAGE },
	{ "boot", OF_THE_IMAGE },
	{ "extra", "write the kernel's parameters as cmdline" },
	{ "root", "write the kernel's parameters as cmdline" },
	{ "vif", "write the card's model as nic" },
	{ "firmware", "write bios: ovmf or bios: seabios; firmware is of PVH guests" },
	{ "pci_attach", "a guest has the devices of pci from its beginning" },
	{ "stubdomain", "write device_model_stubdomain_override: true" },
	{ "device_model_override", "write device_model with a NAME of `run --model NAME=PATH`" },
	{ "device_model_version", "it is qemu-xen: QEMU of another kind is no device model here" },
	{ "device_model_args", "write device_model_args_hvm" },
	{ "device_model_machine", "libxl chooses the machine by xen_platform_pci; a -machine in "
				  "device_model_args_hvm comes behind it" },
	{ "machine", "libxl chooses it by xen_platform_pci; a -machine in device_model_args_hvm "
		     "comes behind it" },
	{ "e820_host", "it is of PV guests: in an HVM guest hvmloader makes the map of memory" },
	{ "spice", "it would open a port of the host, which no guest of the harness does" },
	{ "gfx_passthru_kind", "write gfx_passthru: igd" },
	{ "nested", "write nestedhvm" },
	{ "msitranslate", "write it as an option of a device in pci" },
	{ "permissive", "write it as an option of a device in pci" },
	{ "pci_permissive", "write permissive=1 as an option of each device in pci" },
	{ "pci_msitranslate", "write msitranslate=1 as an option of each device in pci" },
	{ "pci_power_mgmt", "write power_mgmt=1 as an option of each device in pci" },
	{ "pci_seize", "write seize=1 as an option of each device in pci" },
	{ "rdm_policy", "write it as an option of a device in pci, or for all as rdm" },
};

const char *setting_why_not(const char *backend, const char *name)
{
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		if (strcmp(backend, "libxl") == 0 && strcmp(refused[i].name, name) == 0)
			return refused[i].why;
	}
	return NULL;
}
