/*
 * Fields: the names by which a matrix speaks of what a report holds.
 *
 *   slot/02            "5853:0001", ids of function 0 on bus 0 in that slot; null if it is empty
 *   slot/02/class      "0xff8000"; likewise revision, driver, subsystem
 *   host_bridge/0x50   "0x00000000": a register of 00:00.0 that the agent read
 *   igd/address        "0000:00:02.0": where the Intel display function sits; null if there is none
 *   display/mode       "1024x768": the mode of the CRTC that drives the first connected connector
 *
 * The table in field.c is the list; docs/use/matrix.md describes each.
 */
#ifndef IGD_FIELD_H
#define IGD_FIELD_H

#include <jansson.h>
#include <stdbool.h>

#include "src/problem.h"

/*
 * Looks a field up in a checked report. Returns 0 and a new reference in *value_r, which is JSON
 * null when the agent looked for it and it is not there; -ENODATA when the agent did not look for
 * it; -EINVAL when there is no such field, with the sentence in `why`.
 */
int field_get(const json_t *report, const char *name, json_t **value_r, struct problem *why);

/* Is that a field at all? 0 or -EINVAL with the sentence, without a report. */
int field_check(const char *name, struct problem *why);

/* Is that field about what the driver of an Intel GPU makes of it? A guest without one cannot look.
 * What the function's configuration space and the OpRegion say needs no driver. */
bool field_of_driver(const char *name);

/* Why nobody in the guest of a checked report looked at the driver of an Intel GPU: a sentence
 * (borrowed); NULL if somebody did. */
const char *field_why_undriven(const json_t *report);

/* Why the driver's answer to that field is not known, although the agent of a checked report asked:
 * a sentence (borrowed); NULL if it is known, or nobody asked. */
const char *field_why_unanswered(const json_t *report, const char *name);

/*
 * A key of one function of a checked report's "pci" section: "" for "vendor:device", or "/address",
 * "/class", "/revision", "/header_type", "/driver", "/subsystem", "/bars", "/config".
 * field_give_function() returns as field_get(), with JSON null for a NULL function.
 */
bool field_is_function_key(const char *key);
int field_give_function(const json_t *function, const char *key, json_t **value_r);

/* Is this function of a report's "pci" section a display function (class 0x03) of Intel? */
bool field_is_igd(const json_t *function);

/* The first of those in a checked report (borrowed), wherever it sits; NULL if there is none. */
const json_t *field_igd(const json_t *report);

/*
 * The connector that speaks for the display in a checked report: the first connected one of the
 * first card that has one, and its card (both borrowed). NULL if none is connected. *looked_r tells
 * whether the agent looked at all.
 */
const json_t *field_lead_connector(const json_t *report, const json_t **card_r, bool *looked_r);

/* Calls `each` for every kind of field: its pattern and what it means, for --help and the docs. */
void field_list(void (*each)(void *data, const char *pattern, const char *meaning), void *data);

#endif
