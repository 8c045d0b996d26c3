/*
 * The fingerprint of a test: the revision, its files, the cells, the guests and the host. Two tests
 * with the same fingerprint have the same answer, so the second is not run.
 */
#ifndef IGD_BISECT_STEP_FINGERPRINT_H
#define IGD_BISECT_STEP_FINGERPRINT_H

#include "harness/bisect/bisect.h"

/*
 * `text` with each {NAME} replaced by the point's value of that name; a relative path with a slash
 * in it begins in the point's folder. The caller frees *path_r. Returns 0, or -EINVAL for a name
 * that is none.
 */
int bisect_expand(
	const char *text, const struct bisect_point *point, char **path_r, struct problem *why);

/*
 * The files of a point: "files" of docs/schema/bisect-thing.json, the digest of each; null for what
 * is not given; a folder's is that of all files and links below it. Returns 0 and a new reference;
 * -ENOENT with the sentence if one is not there.
 */
int bisect_files(const struct bisect_orders *orders, const struct bisect_point *point,
	json_t **files_r, struct problem *why);

/*
 * The host's part of a fingerprint: the facts that session_same() compares, and Xen's version (null
 * without Xen): "host" of docs/schema/bisect-thing.json. `root` as of host_identify(). New
 * reference. */
json_t *bisect_host(const char *root);

/*
 * The fingerprint: "of" of docs/schema/bisect-thing.json. With by_digest it has no "values",
 * "build" and "run". New reference, or NULL without memory.
 */
json_t *bisect_fingerprint(const struct bisect_orders *orders, const struct bisect_point *point,
	const json_t *plan, const json_t *files, const json_t *guests, const json_t *host);

/*
 * Xen cannot be changed on a running host. Returns 0 if the point has no value "xen", or if that
 * Xen runs; -ESTALE with the sentence that says what to boot.
 */
int bisect_check_xen(const struct bisect_point *point, const json_t *host, struct problem *why);

#endif
