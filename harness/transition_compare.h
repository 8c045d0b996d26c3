/*
 * Is the guest that was restored the guest that was saved?
 */
#ifndef IGD_TRANSITION_COMPARE_H
#define IGD_TRANSITION_COMPARE_H

#include <jansson.h>

/*
 * What the saved guest (`before`) and the restored one (`after`), two checked reports, say of each
 * other; `end` is end.json (harness/cell.h), `qemu` what the restored guest's QEMU has
 * (views_qemu_functions(), harness/views.h) or NULL:
 *
 * {"changed": "pci.functions[0000:00:02.0].device",
 *                        paths (harness/diff_values.h) at which the machine is another, at most
 *                        TRANSITION_CHANGES_MAX joined by ", " and how many more; null: the same.
 *                        "qemu.functions[0000:00:03.0].bars[0]": the guest has it, and QEMU has
 *                        it elsewhere or nowhere (harness/transition_bars.h)
 *  "changes": [ {"what": ..., "a": ..., "b": ...} ],       the same as a list
 *  "steps": true,        the same agent went on, and did steps
 *  "disk": true,         it went on writing, and all that it had written is there; null: no disk
 *  "clock": true,        its clocks went on, and not further than the host's
 *  "behind_ms": 4200}    by how much its clock lost against the host's
 *
 * A key is absent if one of the two did not say. New reference, or NULL without memory.
 */
json_t *transition_compare(
	const json_t *before, const json_t *after, const json_t *end, const json_t *qemu);
#define TRANSITION_CHANGES_MAX 4

#endif
