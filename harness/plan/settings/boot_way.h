/* How the kernel of a guest's image gets into the guest: from a boot disk, or by QEMU itself. */
#ifndef IGD_PLAN_SETTINGS_BOOT_WAY_H
#define IGD_PLAN_SETTINGS_BOOT_WAY_H

#include <jansson.h>
#include <stdbool.h>

#include "src/problem.h"

/*
 * QEMU's -drive for a boot disk, given the path. It is QEMU's alone: of a disk that libxl knows,
 * the guest would see a PV device too. It has the last place of the IDE controller, which nothing
 * else of the harness has, and is a CD, because that is read-only by its nature, and stays when a
 * guest unplugs what is emulated. BOOT_WAY_ORDER is the boot order: CDs, of which SeaBIOS tries
 * each.
 */
#define BOOT_WAY_DRIVE "file=%s,format=raw,if=ide,index=3,media=cdrom,readonly=on"
#define BOOT_WAY_ORDER "d"

/* The name of what starts it on Xen, boot_disk_write_starter(), behind that of a disk for xl. */
#define BOOT_WAY_STARTER ".start"

/*
 * Does the guest with these settings for that back end boot from a boot disk
 * (harness/backend/boot/boot_disk.h)? Else QEMU is given kernel and initramfs (`boot: direct`).
 * Without the setting `boot` it does wherever that is possible: the loader needs a PC's BIOS, and a
 * disk of the harness a QEMU in dom0.
 */
bool boot_way_is_disk(const char *backend, const json_t *settings);

/* Is `boot: disk` possible for the guest? 0, also without that setting; or -EINVAL with the
 * sentence. */
int boot_way_check(const char *backend, const json_t *settings, struct problem *why);

#endif
