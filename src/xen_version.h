/*
 * The version of the Xen that this machine runs on, as the kernel tells it: no Xen library is
 * asked.
 */
#ifndef IGD_XEN_VERSION_H
#define IGD_XEN_VERSION_H

#define XEN_VERSION_MAX 64

/*
 * Gives "4.17.7", made of sys/hypervisor/version/ below `root`, "" for this machine (Linux,
 * drivers/xen/sys-hypervisor.c). Returns 0, or a negative errno: -ENOENT where there is no Xen.
 */
int xen_version(const char *root, char text[static XEN_VERSION_MAX]);

#endif
