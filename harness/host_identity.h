/*
 * Which machine this is: so that no result from a virtual one passes for hardware.
 */
#ifndef IGD_HOST_IDENTITY_H
#define IGD_HOST_IDENTITY_H

#include <jansson.h>

/*
 * Returns a new object: {"place": "hardware" | "virtual", "sys_vendor": ..., "product_name": ...,
 * "kernel": ..., "cpu": ..., "name": hostname}; what cannot be read is null. `root` is "" or a
 * folder that holds a recorded sys/ and proc/. "place" is "virtual" when the DMI names an emulator
 * or the CPU says it is under a hypervisor other than Xen itself; null when nothing tells.
 *
 * While the GPU at 00:02.0 is a phantom of the lab (docs/lab.md), and only then, there is
 * "phantom":
 * {"name", "vendor", "device", "class", "rom", "opregion", "bridge"}, texts or null, from
 * /run/igd-phantom/active. A marker that cannot be read gives a null name and "error": a phantom
 * that cannot be named is one all the same.
 *
 * "pci" has the host bridge, what is in slot 2 and the ISA bridge, as the section of that name in a
 * report (docs/report.md); if that failed, "pci_error" says why instead.
 */
json_t *host_identify(const char *root);

/*
 * Adds to `capabilities` what the host's devices make possible: "igd" if an Intel display function
 * (class 0x03) is at 0000:00:02.0, where libxl and QEMU look for it (XEN_PCI_IGD_SLOT, hw/xen/
 * xen_pt.h). Returns 0 or -ENOMEM.
 */
int host_capabilities(const char *root, json_t *capabilities);

#endif
