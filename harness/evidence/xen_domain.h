/*
 * Xen's list of domains in a cell's xen.log: what the hypervisor itself says a guest may reach.
 *
 * Key 'q' lets Xen write it (dump_domains() in common/keyhandler.c, rangeset_domain_printk() in
 * common/rangeset.c); the libxl back end asks for it once for a guest with a passed-through device,
 * before the guest runs (harness/backend/libxl/observe.c).
 */
#ifndef IGD_EVIDENCE_XEN_DOMAIN_H
#define IGD_EVIDENCE_XEN_DOMAIN_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The legacy VGA ranges, which QEMU maps for an IGD when the device is added
 * (register_vga_regions() in hw/xen/xen_pt_graphics.c). Of the ports the mapping itself gives the
 * permission, before Xen 3845d3854d (4.23); of the memory libxl gives it beforehand, whatever QEMU
 * does (libxl__grant_vga_iomem_permission(), libxl_pci.c).
 */
struct xen_ranges {
	bool vga_ports;  /* I/O ports 0x3b0 to 0x3bb and 0x3c0 to 0x3df, all of them */
	bool vga_memory; /* memory pages 0xa0 to 0xbf, all of them */
};

/*
 * Reads what `length` bytes of a log say of that domain; of several lists the last counts. Only
 * Xen's own lines are believed, which begin with "(XEN)": a guest cannot write those.
 * Returns 0, or -ENODATA if no list in the log has both ranges of that domain, whole.
 */
int xen_domain_ranges(
	const char *log, size_t length, unsigned int domid, struct xen_ranges *ranges_r);

#endif
