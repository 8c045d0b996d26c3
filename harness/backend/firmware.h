/*
 * The firmware that guests run: files of the host that are part of what is tested.
 *
 *   "firmware": {"hvmloader": {"path": "/usr/lib/xen-4.17/boot/hvmloader", "sha256": "..."},
 *                "seabios": {...}, "ovmf": {...}, "vgabios-stdvga": {...}, "vgabios-cirrus": {...},
 *                "vgabios-qxl": null}
 *
 * null for what is not where it is looked for.
 */
#ifndef IGD_BACKEND_FIRMWARE_H
#define IGD_BACKEND_FIRMWARE_H

#include <jansson.h>
#include <stdbool.h>

/* Adds under `name` the first of `places` (ends with NULL) that can be read. */
void firmware_add(json_t *firmware, const char *name, const char *const *places);

/*
 * Adds what this QEMU itself gives to its guests, found as it finds it, in the folders that `-L
 * help` lists: the option ROMs of its VGAs, and its SeaBIOS if `bios` (hvmloader brings its own).
 * Nothing is found by a QEMU that does not answer.
 */
void firmware_add_qemu(json_t *firmware, const char *program, bool bios);

#endif
