/* A cell's settings as a libxl_domain_config. No function here needs a libxl context. */
#ifndef IGD_BACKEND_LIBXL_CONFIG_H
#define IGD_BACKEND_LIBXL_CONFIG_H

#include <jansson.h>
#include <stdbool.h>
#include <sys/types.h>

#include "harness/backend/libxl/libxl_compat.h"
#include "src/problem.h"

/* The image that a guest boots; all borrowed. */
struct guest_image {
	const char *kernel, *initrd; /* paths */
	const char *cmdline;         /* the kernel's parameters */
	const char *root;            /* path; NULL if the initrd holds the whole system */
	int disk_fd;                 /* of this process; -1 without a disk */
	bool boots_disk;             /* it has neither kernel nor initrd: disk_fd is its own disk */
	bool disk_is_qcow2;
	int boot_fd; /* of this process: the boot disk, which `kernel` then starts; -1: none */
};

/*
 * Fills an initialised configuration for a cell (harness/plan/plan.h): name, image, device model
 * (NULL for libxl's default) and "settings"/"libxl". Returns 0, -ENOTSUP if the cell has no libxl
 * settings, -EINVAL if a setting is wrong, -ENOMEM; each with the sentence. The caller disposes of
 * `config` in any case.
 */
int config_fill(libxl_domain_config *config, const char *name, const struct guest_image *image,
	const char *device_model, const json_t *cell, struct problem *why);

/*
 * Returns the process of the harness that created the domain with this UUID, or 0 if the UUID is
 * not one of the harness. libxl names a domain some time after it has created it; until then the
 * UUID alone identifies the owner.
 */
pid_t config_uuid_pid(const libxl_uuid *uuid);

/* Returns whether config_fill() knows the setting; for the tests of harness/plan/settings/. */
bool config_knows(const char *setting);

#endif
