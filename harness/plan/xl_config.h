/* A cell as xl.cfg(5): the same guest, made by xl and without the harness. */
#ifndef IGD_PLAN_XL_CONFIG_H
#define IGD_PLAN_XL_CONFIG_H

#include <jansson.h>
#include <stdio.h>

#include "src/problem.h"

/* The guest's image; all borrowed. */
struct xl_guest {
	const char *kernel, *initrd; /* paths */
	const char *cmdline;         /* the kernel's parameters, before those of the cell */
	const char *root;            /* path of the root file system; NULL: in the initramfs */
	const char *igd;             /* path of the drivers of an Intel GPU; NULL: there are none */
	const char *disk;            /* path of the disk of a guest of one's own; else NULL */
	const char *disk_format;     /* of that: raw, qcow2 */
	const char *boot_disk;       /* path of the boot disk; NULL: it is to be made */
};

/*
 * Writes the file for xl. Returns 0; -EINVAL with the sentence if the cell has no settings for
 * libxl, or one that xl.cfg(5) has no words for: `policy`, `device_model`, `domain_config`.
 */
int xl_config_write(
	const json_t *cell, const struct xl_guest *guest, FILE *to, struct problem *why);

#endif
