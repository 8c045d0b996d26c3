/*
 * What QEMU says of a restored guest's devices, held against what the guest says.
 */
#ifndef IGD_EVIDENCE_TRANSITION_BARS_H
#define IGD_EVIDENCE_TRANSITION_BARS_H

#include <jansson.h>

/*
 * Appends to `changes`, as json_diff() would, the BARs of a checked report that QEMU has
 * somewhere else, or nowhere (null), by its functions `qemu` (views_qemu_functions(),
 * harness/views/views.h):
 *
 *   {"what": "qemu.functions[0000:00:03.0].bars[0]", "a": "0x00000000f1000000", "b": null}
 *
 * Devices of the host are left out: xen-pci-passthrough maps their BARs by itself.
 */
void transition_bars(const json_t *report, const json_t *qemu, json_t *changes);

#endif
