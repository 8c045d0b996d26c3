/*
 * The "igd" section: the guest's Intel GPU, and what its driver makes of it.
 *
 * The drivers are loaded only where the guest has an Intel display function, from an initramfs of
 * their own (guests/linux/build). What a broken driver or device may hang in is done by a process
 * of its own, with a limit.
 */
#ifndef IGD_AGENT_IGD_H
#define IGD_AGENT_IGD_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/bdf.h"
#include "src/igd.h"

/* For the drivers to probe the device. On a slow emulator a good one takes 5 s, and a display that
 * answers nothing 30 s. */
#define IGD_LOAD_MS 90000

/* For all proofs together; two seconds where all is well. */
#define IGD_PROOF_MS 25000

/*
 * Loads the modules that /lib/modules/igd-order lists, if the guest has an Intel display function.
 * Waits for them at most IGD_LOAD_MS; a probe that takes longer goes on.
 */
void igd_load(void);

/*
 * What became of it: {"observer", "loaded", "failed", "took_ms", "ended"}, null if the initramfs
 * has no such file, or nobody tried. A new reference, or NULL without memory.
 */
json_t *igd_modules_json(void);

/* Why nothing can drive the GPU of this guest, in one sentence; NULL if something could. */
const char *igd_no_driver(const char *root);

/* The parts of the section that need a driver to be bound, in their order; ends with NULL. */
extern const char *const igd_told[];

/*
 * Has a process of its own look closer at a driver that is bound, and adds what it tells within
 * IGD_PROOF_MS: all of igd_told. The process then goes on to show its picture, until the next call.
 * Returns 0, or nonzero without memory.
 */
int igd_add_proofs(const char *root, struct bdf where, json_t *section);

/*
 * What the kernel's log says of the driver: "firmware", each file that it names with its state, and
 * "errors", its other lines of level err and above that name the driver or the device. Adds both to
 * the section. Returns 0, or nonzero without memory.
 */
int igd_add_log(const char *root, struct bdf where, json_t *section);

/* ---- in the process of its own ------------------------------------------------------------- */

/* A card of KMS and what is done with it. */
struct igd_card {
	int fd;
	unsigned int minor; /* N of /dev/dri/cardN, and of debugfs' dri/N */
	struct bdf where;
	char driver[32];
};

/* Gives one part of the section away as soon as it is known. Takes the reference; NULL is lost. */
void igd_tell(const char *key, json_t *value);

/* Debugfs' files of the card: tells "device", "stolen", "vbt". */
void igd_tell_debugfs(const struct igd_card *card);

/* Registers of stolen memory, through the card's first BAR: tells "registers". */
void igd_tell_registers(const struct igd_card *card);

/* Sets a mode if nobody did, shows a picture: tells "mode", "frames", "interrupts", "picture". The
 * picture stays until the process ends. */
void igd_tell_screen(const struct igd_card *card);

/* Has the engine execute an empty batch: tells "engine". */
void igd_tell_engine(const struct igd_card *card);

#endif
