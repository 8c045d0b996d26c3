/*
 * The document of a host: every check with its answer (harness/host_check.h, docs/host.md).
 *
 * {"format": "igd-harness host", "version": 1, "harness": "0.2.0", "when": "2026-11-22T...",
 *  "sources": {"root": "", "lspci": null, "xen_log": null},
 *  "verdict": "FAIL", "counts": {"PASS": 20, "FAIL": 1, "UNKNOWN": 3, "N/A": 10},
 *  "identities": {"host": host_identify(), "versions": {...}, "texts": {...},
 *                 "device_model": {...}, "capabilities": [...], "lacking": {...}},
 *  "machine": {"bios": ..., "type": ..., "chipset": ..., "gpu": ..., "network": [...], "usb":
 * [...]}, "checks": [{"id": "xen/iommu", "group": "Xen", "about": "Xen uses an IOMMU (VT-d)",
 *              "verdict": "FAIL", "value": false, "source": "libxl_get_physinfo()",
 *              "why": "Xen uses no IOMMU, ...", "blocks": ["iommu"], "advice": "..."}]}
 *
 * "blocks": the capabilities that cells require (docs/matrix.md) and that are not there because of
 * this; empty if it is PASS. "advice" is "" where there is nothing to do.
 */
#ifndef IGD_HOST_DOCUMENT_H
#define IGD_HOST_DOCUMENT_H

#include <jansson.h>

#include "harness/host_check.h"

/* Its name in a run directory. */
/* Looks and answers. A new document, or NULL without memory. */
json_t *host_document(const struct host_sources *sources);

/*
 * Gives a run's identities what the document says of the host: "host"; "capabilities", those that
 * are there; "lacking", why each other is not: {"iommu": {"check": "xen/iommu", "verdict": "FAIL",
 * "why": "..."}}, where the verdict is UNKNOWN if nobody can tell.
 */
void host_document_identify(const json_t *document, json_t *identities);

/* What the machine has, for reports on hardware; texts, "" for what is not known. A new object. */
json_t *host_machine(const struct host_view *view);

#endif
