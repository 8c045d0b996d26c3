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
 */
json_t *host_identify(const char *root);

#endif
