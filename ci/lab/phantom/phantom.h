/*
 * igd-phantom: an emulated VGA of the virtual lab passes for an Intel GPU.
 *
 *   phantom.c  the list of phantoms, and the bytes of one: configuration space, option ROM,
 * OpRegion cover.c    what libxl and QEMU read in sysfs, covered by files of ours main.c     on,
 * off, status
 *
 * The kernel and Xen go on seeing the emulated VGA; only who reads sysfs is told otherwise. libxl
 * and QEMU read nothing else (libxl_pci.c, xen-host-pci-device.c, xen_pt_load_rom.c, xen_igd_pt.c).
 */
#ifndef IGD_PHANTOM_H
#define IGD_PHANTOM_H

#include <jansson.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "src/problem.h"

#define PHANTOM_NAME_MAX      32
#define PHANTOM_CONFIG_MIN    256
#define PHANTOM_CONFIG_MAX    4096
#define PHANTOM_ROM_SIZE      65536
#define PHANTOM_OPREGION_SIZE 8192

struct phantom {
	char name[PHANTOM_NAME_MAX];
	char platform[PHANTOM_NAME_MAX]; /* as a VBT spells it */
	uint16_t vendor;
	uint16_t device;
	uint32_t class; /* class, subclass, programming interface */
	uint16_t gmch;
	uint8_t bdsm_at; /* 0x5c: 32 bits; 0xc0: 64 bits */
	uint32_t bdsm;
};

struct command {
	const char *root; /* "", or a made machine for tests */
	const char *name;
	const char *rom; /* "good", "none" or "unreadable" */
	bool opregion;
	int bridge; /* what 00:00.0 shows at 0x50, or -1 for its own */
};

/*
 * Finds a phantom by its name in an open list. Returns 0; -ENOENT if there is none of that name,
 * and `why` then names all there are; -EINVAL for a line that is not as the list's head says.
 */
int phantom_find(FILE *list, const char *name, struct phantom *phantom_r, struct problem *why);

/* Makes a PCI function's configuration space that of the phantom. `asls` is 0 for no OpRegion. */
void phantom_fill_config(
	const struct phantom *phantom, uint32_t asls, uint8_t config[static PHANTOM_CONFIG_MIN]);

/* Makes an option ROM for the phantom that does nothing but return. */
void phantom_fill_rom(const struct phantom *phantom, uint8_t rom[static PHANTOM_ROM_SIZE]);

/* Makes an OpRegion 2.1 with mailboxes 1 to 4; the fourth holds a VBT without any child device. */
void phantom_fill_opregion(
	const struct phantom *phantom, uint8_t opregion[static PHANTOM_OPREGION_SIZE]);

/*
 * Mounts `from` over the file `over`, both as absolute paths. `from` itself, also if it is a
 * symbolic link: one that leads nowhere makes the file below it absent for whoever opens it.
 */
int cover(const char *from, const char *over, struct problem *why);

/* Undoes it, as often as it was done; 0 also if nothing is mounted there. */
int cover_off(const char *over, struct problem *why);

/*
 * Whether something is mounted at that path, links resolved in all but its last part, by the lines
 * of an open /proc/self/mountinfo.
 */
bool cover_in(FILE *mountinfo, const char *path);

/* The same in this process' mount namespace. A mountinfo that cannot be read counts as covered. */
bool cover_is_on(const char *path);

/* An attribute of a PCI function as the kernel names it, so that it compares with mountinfo. */
int sysfs_attribute(const char *root, const char *device, const char *name, char path[PATH_MAX],
	struct problem *why);

/* A whole configuration space. Returns its size, or a negative errno. */
int sysfs_config(const char *root, const char *device, uint8_t config[static PHANTOM_CONFIG_MAX],
	struct problem *why);

uint32_t sysfs_u32(const uint8_t *bytes);

/* Finds the lab's memory for an OpRegion: its function, and the OpRegion's place in the host. */
int memory_find(const char *root, char device[16], uint32_t *address_r, struct problem *why);

/* Puts those bytes there. */
int memory_write(const char *root, const char *device,
	const uint8_t opregion[static PHANTOM_OPREGION_SIZE], struct problem *why);

/* The path of a file in the state folder; returns `path`. */
const char *state_path(const struct command *command, const char *name, char path[PATH_MAX]);

/* Reads the marker. NULL if there is none; `why` then says so if it is there and no marker. */
json_t *marker_read(const struct command *command, struct problem *why);

/* Whether it is of a whole phantom: all that it tells of is there. */
bool marker_is_whole(const json_t *marker);

/* Makes the phantom that the command asks for; if that fails, undoes what was made. */
int turn_on(const struct command *command, struct problem *why);

/* Undoes whatever there is of what the marker, which may be NULL, tells of. */
int turn_off(const struct command *command, const json_t *marker, struct problem *why);

#endif
