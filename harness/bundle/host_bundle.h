/* What there is to know of a host, in one file to mail. */
#ifndef IGD_BUNDLE_HOST_BUNDLE_H
#define IGD_BUNDLE_HOST_BUNDLE_H

#include <jansson.h>

#include "harness/host/check.h"
#include "src/problem.h"

/*
 * Writes a bundle (harness/bundle/bundle.h) of the document, as JSON, as text and as HCL, and of
 * Xen's messages if they are known. Says on stderr what is in it. Returns 0, or a negative errno
 * with the sentence.
 */
int host_bundle(const json_t *document, const struct host_sources *sources, const char *output,
	struct problem *why);

#endif
