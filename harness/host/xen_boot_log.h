/*
 * What Xen says of the machine while it boots, from its message ring (`xl dmesg`). The ring is
 * finite: what a long-running Xen said first may be gone, and then nothing follows from a line that
 * is not there.
 *
 * Texts: xen.git, xen/drivers/passthrough/{iommu.c,vtd/}, xen/arch/x86/hvm/hvm.c,
 * xen/arch/x86/apic.c, at c447b7308b.
 */
#ifndef IGD_HOST_XEN_BOOT_LOG_H
#define IGD_HOST_XEN_BOOT_LOG_H

#include <jansson.h>
#include <stddef.h>

/*
 * Reads the text, in which there may be anything. Only lines that begin with "(XEN)" count: a
 * guest's have another beginning. Returns a new object, or NULL without memory:
 *
 *   {"complete": true,               it begins where Xen began: its version is there
 *    "version": "4.17.5 (Debian ...", "cmdline": "iommu=1,verbose",       null if not there
 *    "hvm": true, "hap": true, "iommu": true, "interrupt_remapping": false,
 *                                    null if neither is said
 *    "dom0_mode": "Relaxed", "x2apic": "x2APIC mode is already enabled by BIOS.",
 *    "vtd": {"Snoop Control": true}, each "Intel VT-d ... [not ]enabled."
 *    "bad": ["..."],                 lines by which the IGD has no IOMMU
 *    "faults": 3, "igd_faults": 2, "fault": "[VT-D]DMAR: reason 06 ..."}    the last
 */
json_t *xen_boot_log_facts(const char *text, size_t length);

#endif
