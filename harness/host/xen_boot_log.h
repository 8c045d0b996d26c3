/*
 * What Xen says of the machine while it boots: `xl dmesg`, hypervisor.log, a serial line. The ring
 * of its messages is finite: what a long-running Xen said first may be gone, and then nothing
 * follows from a line that is not there. The wordings are in results/data/xen-messages.yaml.
 */
#ifndef IGD_HOST_XEN_BOOT_LOG_H
#define IGD_HOST_XEN_BOOT_LOG_H

#include <jansson.h>

#include "harness/host/record.h"
#include "src/problem.h"

/*
 * Reads the text, in which there may be anything. Only lines with "(XEN)" count, which no guest's
 * has: those begin with "(d3)". What a journal or console_timestamps= puts before or behind it is
 * skipped. Of several boots the last counts. Returns a new object, or NULL without memory:
 *
 *   {"lines": 300,                   lines of Xen, in all boots
 *    "complete": true,               it begins where Xen began: version and command line are there
 *    "version": "4.17.5 (Debian ...", "cmdline": "iommu=1,verbose",       null if not there
 *    "std_loglevel": "Errors and warnings", "guest_loglevel": ...         null if not there
 *    "hvm": true, "hap": true, "iommu": true, "interrupt_remapping": false,
 *                                    null if neither is said
 *    "dom0_mode": "Relaxed", "x2apic": "x2APIC mode is already enabled by BIOS.",
 *    "vtd": {"Snoop Control": true}, each "Intel VT-d ... [not ]enabled."
 *    "bad": ["..."],                 lines by which the IGD has no IOMMU
 *    "rmrr_outside": [[start, end]], ranges of an RMRR that is not in reserved memory
 *    "faults": 3, "igd_faults": 2,   that Xen printed
 *    "suppressed": 26235,            messages that Xen's limit of rate left out
 *    "igd_fault_at": 2386804736,     the address of the last of the IGD; null if it has none
 *    "fault": "DMAR: reason 06 ..."} the last
 */
json_t *xen_boot_log_facts(const struct record *record);

/* Returns 0, or -EINVAL with the sentence if no line of Xen is in the record. */
int xen_boot_log_check(const struct record *record, struct problem *why);

#endif
