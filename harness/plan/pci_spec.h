/*
 * A device of the host that a guest is given, as the libxl setting `pci` names it: PCI_SPEC_STRING
 * of xl-pci-configuration(5), without its keys `bdf`, `vslot` and `name`.
 */
#ifndef IGD_PLAN_PCI_SPEC_H
#define IGD_PLAN_PCI_SPEC_H

#include "src/bdf.h"
#include "src/problem.h"

#define PCI_SPEC_SLOT_NONE (-1)

/* Devices of one guest: as many as the judge looks for in logs (LOG_SUBJECT_DEVICES_MAX). */
#define PCI_SPECS_MAX 16

/* The options of a device that are 0 or 1; their names are in pci_flag_names. */
enum pci_flag { PCI_PERMISSIVE, PCI_SEIZE, PCI_MSITRANSLATE, PCI_POWER_MGMT, PCI_FLAGS };

extern const char *const pci_flag_names[PCI_FLAGS];

/* What becomes of a reserved region of the device that does not fit into the guest. */
enum pci_rdm_policy { PCI_RDM_DEFAULT, PCI_RDM_STRICT, PCI_RDM_RELAXED, PCI_RDM_POLICIES };

/* xl's words by enum pci_rdm_policy; NULL for PCI_RDM_DEFAULT. */
extern const char *const pci_rdm_names[PCI_RDM_POLICIES];

struct pci_spec {
	struct bdf host;
	int slot;                   /* of the guest, 0 to 31; or PCI_SPEC_SLOT_NONE */
	int function;               /* of that slot: 0, or the device's own */
	signed char set[PCI_FLAGS]; /* 0, 1, or -1 if the text does not have the option */
	enum pci_rdm_policy rdm_policy;
};

/*
 * Reads "00:02.0" or "0000:00:02.0", then perhaps "@02" or "@02.0", the guest's slot in two
 * hexadecimal digits from 00 to 1f, then perhaps ",permissive=1" and other options. Returns 0, or
 * -EINVAL with a sentence that begins with the text, also for a device behind VMD, which Xen cannot
 * address.
 */
int pci_spec_parse(const char *text, struct pci_spec *spec_r, struct problem *why);

#endif
