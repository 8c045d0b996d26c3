/* Which cells pass an Intel GPU, and so have its drivers in their guest's initramfs. */
#ifndef IGD_BACKEND_PASSED_IGD_H
#define IGD_BACKEND_PASSED_IGD_H

#include <jansson.h>
#include <stdbool.h>

/*
 * Returns whether the cell's guest by that back end, "libxl" or "qemu", gets an Intel display
 * function (class 0x0300 or 0x0380, vendor 8086 in sysfs below `root`) of the host. A phantom
 * (ci/lab/phantom) is none: no GPU is behind its ids, and a driver would program an emulated VGA. A
 * device of which the host knows no ids, as one over vfio-user, counts: the agent looks again
 * before it loads a driver.
 */
bool passed_igd(const char *root, const json_t *cell, const char *backend);

#endif
