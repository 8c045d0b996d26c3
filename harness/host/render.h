/*
 * The document of a host (harness/host/document.h) as something to read. These read the document
 * alone, so what was mailed says here what it said there.
 */
#ifndef IGD_HOST_RENDER_H
#define IGD_HOST_RENDER_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/* For people: the verdict and what to do first, then every check. */
void host_render_text(const json_t *document, bool colour, FILE *stream);

/*
 * As a report for Qubes OS' list of hardware (qubes-hcl-report 2.5, YAML). What only its users can
 * say is left for them to fill in.
 */
void host_render_hcl(const json_t *document, FILE *stream);

#endif
