/*
 * The views of a cell: what was asked for, what became of it on the way, and what came out.
 *
 * A device passes through layers, in this order, and each has a view of it of its own:
 *
 *   config    the cell's settings for libxl, of the plan
 *   libxl     QEMU's command line as libxl built it: qemu-args-libxl.txt, or without igd-dm
 *             qemu-args.txt; of passed-through devices, which are never on it, libxl.json
 *   policy    the command line as igd-dm made it, qemu-args-policy.txt, if that differs
 *   qemu      QEMU itself, before the guest ran: qemu-qtree.txt ("info qtree")
 *   firmware  only where nobody but the firmware writes; its trace is in the guest's report
 *   guest     report.json
 *
 * The evidence stays in the cell's folder. Here its views stand side by side, device by device, and
 * where they part, the first layer that differs is named: "views" of docs/schema/findings.json.
 *
 * Nothing of what QEMU wrote is believed before it is checked: a guest may have taken QEMU over.
 */
#ifndef IGD_VIEWS_VIEWS_H
#define IGD_VIEWS_VIEWS_H

#include <jansson.h>
#include <stddef.h>

enum view_layer {
	VIEW_CONFIG,
	VIEW_LIBXL,
	VIEW_POLICY,
	VIEW_QEMU,
	VIEW_FIRMWARE,
	VIEW_GUEST,
	VIEW_LAYERS
};

/* Each layer's name in documents, and in a sentence. */
extern const struct view_name {
	const char *name, *who;
} view_names[VIEW_LAYERS];

/*
 * Compares the views of one cell. `plan_cell` is the cell of the plan, `effective_backend` the back
 * end whose settings count (identities.acts_as), `cell_fd` the cell's folder, -1: there
 * is none; `report` a checked report, or NULL. Evidence that is missing or unreadable is a layer
 * that is not known. Only cells through libxl have these layers; for any other "layers" and
 * "devices" are empty. Returns a new reference, or NULL without memory.
 */
json_t *views_of_cell(
	const json_t *plan_cell, const char *effective_backend, int cell_fd, const json_t *report);

/*
 * The functions that QEMU has by the qemu-qtree.txt in a folder: an array, each with "address",
 * "type", QEMU's name, and "bars": {"0": "0x00000000f1000000"}, null for one that is nowhere.
 * Returns a new reference, or NULL if there is no such file, or without memory.
 */
json_t *views_qemu_functions(int dir_fd);

/* The functions on the root bus in that text, by address; each has address, type, ids, bars ({"0":
 * "0x00000000f1000000"}, null: nowhere), perhaps class, host (hostaddr), edid, preferred. NULL
 * without memory. */
json_t *view_qtree_functions(const char *text, size_t length);

/*
 * Whose fault a wrong value is: the first layer whose view of `field` (src/field.h) can be said and
 * is not `expected`. `views` are of views_of_cell(), `report` is the checked report or NULL.
 * Returns the layer's name as above, a constant; NULL if of none it can be said.
 */
const char *views_blame(
	const json_t *views, const char *field, const json_t *expected, const json_t *report);

#endif
