/*
 * The document of a host: every check with its answer (harness/host/check.h,
 * docs/labs/preflight.md);
 * docs/schema/host.json.
 */
#ifndef IGD_HOST_DOCUMENT_H
#define IGD_HOST_DOCUMENT_H

#include <jansson.h>

#include "harness/host/check.h"

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
