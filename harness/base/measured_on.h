/*
 * Was it hardware? Decided once, from the identities of a run; the judge writes the answer into the
 * findings, and everything else reads it there: "measuredOn" of docs/schema/common.json.
 *
 * Texts are noun phrases; they may have come from a host and are not escaped.
 */
#ifndef IGD_BASE_MEASURED_ON_H
#define IGD_BASE_MEASURED_ON_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/*
 * Decides for the "identities" of a run (run.json); of a merged run it was hardware if it was in
 * every shard, and only what was not hardware is in "why". New reference, NULL without memory.
 */
json_t *measured_on_decide(const json_t *identities);

/* Decides for a machine, as host_identify() describes it, as if Xen's guests were to run on it. New
 * reference, NULL without memory. */
json_t *measured_on_machine(const json_t *host);

/*
 * Returns what the judge decided; for findings from before it did, and for documents that have
 * "identities" alone, decides now. New reference, NULL without memory.
 */
json_t *measured_on_of(const json_t *findings);

/* For "measured_on" itself; false for NULL. */
bool measured_on_is_hardware(const json_t *measured_on);

/* Writes "not hardware: a virtual lab on QEMU Standard PC; phantom IGD skylake", escaped. */
void measured_on_write(const json_t *measured_on, FILE *stream);

/* Returns what measured_on_write() writes. The caller frees. NULL without memory. */
char *measured_on_text(const json_t *measured_on);

/* Writes a line for each machine, or for each reason: "Not hardware: phantom IGD skylake\n". */
void measured_on_write_lines(const json_t *measured_on, FILE *stream);

/*
 * For the merging of runs: puts into `identities`, which has what all shards have in common, what
 * makes one shard no hardware. The merged run is then no hardware for a reader that does not look
 * into its shards either.
 */
void measured_on_keep(json_t *identities, const json_t *of_shard);

#endif
