/*
 * An Intel GPU and what its driver shows of it in sysfs, debugfs and memory, as parts of the report
 * (docs/use/guest-report.md, "igd" and "display"). For guest and host: files are read, no card is
 * opened, so that nobody becomes its master, and no mode is set.
 *
 * debugfs may wait for a driver that hangs: ask from a process of its own (src/child_json.h).
 */
#ifndef IGD_IGD_H
#define IGD_IGD_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/bdf.h"

/* Finds the first Intel display function: class 0x0300 or 0x0380. Returns whether there is one. */
bool igd_find(const char *root, struct bdf *where_r);

/* The number N of the function's /dev/dri/cardN and of debugfs' dri/N. 0, or -ENODEV. */
int igd_card_find(const char *root, struct bdf where, unsigned int *minor_r);

/* What the driver found: "device" of the report, JSON null if no file tells. NULL without memory.
 */
json_t *igd_device_json(const char *root, unsigned int minor);

/* The size of its stolen memory: "stolen", JSON null if no file tells. NULL without memory. */
json_t *igd_stolen_json(const char *root, unsigned int minor);

/*
 * The VBT as the driver has it (what debugfs shows; NULL: nothing), or else as it is in the
 * OpRegion of that function. A new reference, JSON null if there is none, or NULL without memory.
 */
json_t *igd_vbt_json(const char *root, struct bdf where, const uint8_t *driver, size_t length);

/* The same, with what the driver shows in debugfs. */
json_t *igd_driver_vbt_json(const char *root, struct bdf where, unsigned int minor);

/* Can debugfs' folder of the card be read? Without it the parts above say nothing. */
bool igd_debugfs_is_there(const char *root, unsigned int minor);

/*
 * The card as an entry of "display.cards": its connectors in the order of the kernel, with status
 * and EDID by sysfs and, if debugfs can be read, the mode of the CRTC. NULL without memory.
 */
json_t *igd_card_json(const char *root, struct bdf where, unsigned int minor);

#endif
