/*
 * Is the second guest of a transition the first?
 */
#ifndef IGD_EVIDENCE_TRANSITION_COMPARE_H
#define IGD_EVIDENCE_TRANSITION_COMPARE_H

#include <jansson.h>

/*
 * What the first guest (`before`) and the second (`after`), two checked reports, say of each
 * other; `end` is end.json (harness/run/cell.h), `qemu` what the second guest's QEMU has
 * (views_qemu_functions(), harness/views/views.h) or NULL. A guest that was started again continues
 * no work: then only the machines are compared.
 * What they say is "transition" of docs/schema/findings.json: paths are those of
 * harness/evidence/json_diff.h, at most TRANSITION_CHANGES_MAX in "changed".
 *
 * A key is absent if one of the two did not say. New reference, or NULL without memory.
 */
json_t *transition_compare(
	const json_t *before, const json_t *after, const json_t *end, const json_t *qemu);
#define TRANSITION_CHANGES_MAX 4

#endif
