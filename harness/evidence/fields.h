/*
 * The fields that an expectation can be about: every field of a guest's report (src/field.h), and
 * these of the host's side of a cell:
 *
 *   ending          "done", or how the cell ended and the first cause that its logs name:
 *                   "create-failed: igd-not-enabled" (harness/store/ending.c,
 *                   results/data/patterns.yaml); "create-failed" if they name none
 *   host/FIELD      a field of the host's own report: "host/igd/device"
 *   passed/BB:DD.F  the host's device in the guest (harness/evidence/passed.h)
 *   restored/FIELD  a field of the second report of a transition (harness/plan/transition.h)
 *   changed         the paths at which the restored guest's machine differs; null: it is the same
 *   goes_on/steps, goes_on/disk, goes_on/clock
 *                   does the guest's work continue after the restore?
 *   views           the first layer at which the views of the guest's devices differ: "qemu"; null
 *                   if they agree (harness/views/views.h)
 *   signs           the labels of the patterns in the cell's logs that are not notes, in the order
 *                   of results/data/patterns.yaml; null: none
 *   xen/vga_ports, xen/vga_memory
 *                   may the guest access the legacy VGA ranges (harness/evidence/xen_domain.h)?
 *
 * The table in fields.c is the list; docs/use/matrix.md describes each.
 */
#ifndef IGD_EVIDENCE_FIELDS_H
#define IGD_EVIDENCE_FIELDS_H

#include <jansson.h>
#include <stdbool.h>

#include "src/problem.h"

/* What a cell left, as far as it is there; all borrowed, each may be NULL. */
struct evidence {
	const json_t *end;      /* end.json, harness/run/cell.h */
	const json_t *report;   /* checked, src/report.h */
	const json_t *logs;     /* matches of patterns, harness/logs/patterns.h */
	const json_t *host;     /* evidence_host() */
	const json_t *views;    /* views_of_cell() */
	const json_t *xen;      /* evidence_xen() */
	const json_t *restored; /* the second report of a transition, checked */
	const json_t *moved;    /* transition_compare() */
	const char *started;    /* when the run began: "2026-11-21T20:15:00Z" */
};

/*
 * What the host said of itself when the run began, as a checked report with the sections "pci" and,
 * if its own driver had the Intel GPU, "igd" and "display".
 * A new reference, or NULL if it said nothing that can be read: a run of an older version.
 */
json_t *evidence_host(const json_t *identities);

/*
 * What Xen says of the cell's domain, from libxl.json and xen.log in its folder: {"vga_ports":
 * true, "vga_memory": true}. A new reference, or NULL if it was not asked.
 */
json_t *evidence_xen(int cell_fd);

/*
 * Looks something up. Returns 0 and a new reference in *value_r, JSON null for what was looked for
 * and is not there; -ENODATA if nobody looked, -ENOTSUP if the guest or the host could not: it has
 * no driver of an Intel GPU; -EINVAL if there is no such thing; each with the sentence in `why`.
 */
int evidence_get(
	const struct evidence *evidence, const char *name, json_t **value_r, struct problem *why);

/* Is there such a thing at all? 0 or -EINVAL with the sentence. */
int evidence_check(const char *name, struct problem *why);

/* Is it to be found in the guest's report only? */
bool evidence_needs_report(const char *name);

/* Calls `each` for every kind, fields of reports first, for --fields and the docs. */
void evidence_list(void (*each)(void *data, const char *pattern, const char *meaning), void *data);

#endif
