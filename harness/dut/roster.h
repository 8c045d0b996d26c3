/*
 * What a controller knows of its hosts over many runs: hosts.json (docs/schema/hosts.json) in
 * $XDG_STATE_HOME/igd-harness or ~/.local/state/igd-harness. A host that fails its health check
 * ROSTER_FAILURES times in a row is set aside until it is cleared. The same folder has a lock for
 * each host that a run uses.
 *
 * The folder has to be the user's own, and nobody else may write in it. The file is replaced as a
 * whole, under a lock.
 */
#ifndef IGD_DUT_ROSTER_H
#define IGD_DUT_ROSTER_H

#include <jansson.h>
#include <stdbool.h>

#include "harness/dut/description.h"
#include "src/problem.h"

#define ROSTER_FAILURES 2

/*
 * The hosts that failed: {NAME: {"failures": N, "aside": BOOL, "reason": TEXT, "since": TIME}}.
 * Returns 0 and a new reference, empty if none did; or a negative errno with the sentence.
 */
int roster_read(json_t **hosts_r, struct problem *why);

/* Notes that the host of that name failed for that reason, or with NULL that it did not. Says in
 * *aside_r, which may be NULL, whether it is set aside now. Returns 0, or a negative errno with the
 * sentence. */
int roster_note(const char *name, const char *reason, bool *aside_r, struct problem *why);

/* Takes the host off the list. Returns 0; -ENOENT with the sentence if it is not on it; a different
 * negative errno with the sentence. */
int roster_clear(const char *name, struct problem *why);

/* Does a run of this user, on this machine, use the host now? */
bool roster_is_claimed(const struct dut *dut);

#endif
