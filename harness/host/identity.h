/*
 * Which machine this is: so that no result from a virtual one passes for hardware.
 */
#ifndef IGD_HOST_IDENTITY_H
#define IGD_HOST_IDENTITY_H

#include <jansson.h>

#include "harness/host/lspci_text.h"
#include "src/bdf.h"

/*
 * Returns a new object, "machine" of docs/schema/common.json. `root` is "" or a
 * folder that holds a recorded sys/ and proc/; `lspci` is NULL or has what lspci wrote on that
 * machine. "place" is "virtual" when the DMI names an emulator
 * or the CPU says it is under a hypervisor other than Xen itself; null when nothing tells.
 *
 * While the GPU at 00:02.0 is a phantom of the lab (docs/labs/virtual-lab.md), and only then, there
 * is "phantom":
 * {"name", "vendor", "device", "class", "rom", "opregion", "bridge"}, texts or null, from
 * /run/igd-phantom/active. A marker that cannot be read gives a null name and "error": a phantom
 * that cannot be named is one all the same.
 *
 * "pci" has the host bridge, what is in slot 2 and the ISA bridge, as the section of that name in a
 * report (docs/use/guest-report.md); if that failed, "pci_error" says why instead. A function has
 * the key "driver" only if it is known which driver holds it, or that none does: a record may have
 * left it out. "igd" and "display", or "igd_unknown": harness/host/own_display.h.
 */
json_t *host_identify(const char *root, const struct lspci_text *lspci);

/*
 * Adds further functions of the machine to "pci" of that object, those at `count` addresses; one
 * that is there already, or that the machine does not have, is left out. Without "pci" it adds
 * nothing.
 */
void host_identify_more(const char *root, json_t *host, const struct bdf *addresses, size_t count);

#endif
