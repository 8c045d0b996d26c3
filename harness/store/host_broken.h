/*
 * A host that broke during a run: no result of it counts until it was rebooted. The run directory
 * then has host-broken.json (docs/schema/host-broken.json), written as soon as the runner sees it;
 * no further cell is begun. The boot id tells whether the host was rebooted since.
 */
#ifndef IGD_STORE_HOST_BROKEN_H
#define IGD_STORE_HOST_BROKEN_H

#include <jansson.h>

#include "harness/store/run_dir.h"

#define HOST_BROKEN_FILE "host-broken.json"

/*
 * Writes it, on disk before it returns: `sign` is {"label": ..., "text": ...} and, for a line of a
 * log, "file" and "line". Returns 0, or a negative errno with the sentence.
 */
int host_broken_write(const struct store *store, const char *cell, const char *boot_id,
	const json_t *sign, struct problem *why);

/*
 * Reads it. Returns 0 and a new reference; -ENOENT if the host did not break; another negative
 * errno with the sentence if it is there and cannot be read.
 */
int host_broken_read(const struct store *store, json_t **broken_r, struct problem *why);

/*
 * For who continues the run: 0 if the host did not break, or was rebooted since, which removes the
 * file; -EHOSTDOWN with the sentence if it was not rebooted; another negative errno as above.
 */
int host_broken_check(const struct store *store, const char *boot_id, struct problem *why);

/* "the host broke during cell NAME: LABEL: TEXT", a new string, or NULL without memory. */
json_t *host_broken_sentence(const json_t *broken);

#endif
