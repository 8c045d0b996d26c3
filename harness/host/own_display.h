/*
 * What the host's own driver makes of the Intel GPU while the host has it: its connectors, EDIDs,
 * mode, VBT and stolen memory, by the code that the agent asks its driver with (src/igd.h). Nothing
 * of the device is changed, and its card is not opened.
 */
#ifndef IGD_HOST_OWN_DISPLAY_H
#define IGD_HOST_OWN_DISPLAY_H

#include <jansson.h>

#include "src/problem.h"

/*
 * Adds to `host`, "machine" of docs/schema/common.json, the sections "igd" and "display" of a
 * report; "igd" is null if there is no Intel display function. Adds "igd_unknown" alone, with the
 * reason in one sentence, if no driver of the host has the GPU or the driver does not answer.
 * Without sysfs adds nothing. `root` is "" or a folder with a recorded sys/.
 */
void own_display_add(const char *root, json_t *host);

/*
 * After the last cell: does the host's driver drive the monitors again that it drove before
 * (`before` is what own_display_add() was given)? Asks until it does, at most limit_ms
 * milliseconds: a driver looks for monitors some time after it is bound. Returns 0, also if nothing
 * was known before, or -ENODEV with the sentence.
 */
int own_display_check(
	const char *root, const json_t *before, unsigned int limit_ms, struct problem *why);

#endif
