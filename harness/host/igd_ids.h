/*
 * Platforms of Intel's IGDs by PCI device id. The table is results/data/igd-ids.yaml, which names
 * its sources; it is built into the program, so that a report depends on no file beside it.
 */
#ifndef IGD_HOST_IGD_IDS_H
#define IGD_HOST_IGD_IDS_H

#include <stddef.h>
#include <stdint.h>

#include "src/problem.h"

#define IGD_IDS_FILE     "igd-ids.yaml"
#define IGD_IDS_NAME_MAX 32

/* Which formula the size of stolen memory has (harness/host/stolen_memory.h). */
enum igd_gmch { IGD_GMCH_NONE, IGD_GMCH_GEN6, IGD_GMCH_GEN8, IGD_GMCH_CHV, IGD_GMCH_GEN9 };

/* Where the base of stolen memory is in configuration space. */
enum igd_bdsm { IGD_BDSM_NONE, IGD_BDSM_5C, IGD_BDSM_C0 };

struct igd_platform {
	char name[IGD_IDS_NAME_MAX];     /* "coffee-lake" */
	char title[IGD_IDS_NAME_MAX];    /* "Coffee Lake" */
	char graphics[IGD_IDS_NAME_MAX]; /* version of the graphics: "9", "12.7" */
	enum igd_gmch gmch;
	enum igd_bdsm bdsm;
};

struct igd_ids;

/*
 * Loads the table: the file, or with NULL that of the environment's IGD_IDS, or the one built in.
 * Returns 0 and the table, to be freed with igd_ids_free(), or a negative errno with the sentence.
 */
int igd_ids_load(const char *file, struct igd_ids **ids_r, struct problem *why);

/* The table built in, whatever the environment says; borrowed, until the program ends. NULL without
 * memory. */
const struct igd_ids *igd_ids_builtin(void);

/* NULL is fine. */
void igd_ids_free(struct igd_ids *ids);

/* The platform of a device of Intel's; NULL if the table does not have it. `ids` may be NULL. */
const struct igd_platform *igd_ids_find(const struct igd_ids *ids, uint16_t device);

/* The platform of that number, 0 for the first, in the order of the file: oldest first. NULL behind
 * the last. `ids` may be NULL. */
const struct igd_platform *igd_ids_platform(const struct igd_ids *ids, size_t number);

/* The id of that number, in the order of the file, with its platform, NULL if it is there for its
 * bridge alone. Returns 0 behind the last. */
uint16_t igd_ids_device(
	const struct igd_ids *ids, size_t number, const struct igd_platform **platform_r);

/* The device id of the ISA bridge that QEMU makes for that GPU at 00:1f.0; 0 if it makes none. */
uint16_t igd_ids_isa_bridge(const struct igd_ids *ids, uint16_t device);

#endif
