/*
 * A device of the host that a guest is given, as the libxl setting `pci` names it.
 */
#ifndef IGD_PLAN_PCI_SPEC_H
#define IGD_PLAN_PCI_SPEC_H

#include "src/bdf.h"

#define PCI_SPEC_SLOT_NONE (-1)

/*
 * Reads "00:02.0" or "0000:00:02.0", then perhaps "@02": the guest's slot, two hexadecimal digits
 * as in xl.cfg(5), 00 to 1f. Returns 0 with the device and the slot, PCI_SPEC_SLOT_NONE if none is
 * asked for; or -EINVAL, also for a device behind VMD, which Xen cannot address.
 */
int pci_spec_parse(const char *text, struct bdf *host_r, int *slot_r);

#endif
