/*
 * Revisions that are Debian packages: a folder of them, in the order of their versions as dpkg has
 * it, unpacked when their turn comes. Nothing is installed.
 */
#ifndef IGD_BISECT_PACKAGES_H
#define IGD_BISECT_PACKAGES_H

#include <jansson.h>

#include "src/problem.h"

/*
 * The versions of `package` (NULL: the only one there is) among the files DIR/NAME.deb, oldest
 * first:
 * [ {"version": "1:7.2+dfsg-7", "files": ["DIR/...deb", ...]} ], with all packages of that version.
 * Returns 0 and a new reference; -EINVAL with the sentence if there are none, or one version comes
 * twice.
 */
int bisect_packages_list(
	const char *dir, const char *package, json_t **versions_r, struct problem *why);

/*
 * Unpacks a version's files, one over the other, into FOLDER, whole or not at all; nothing if that
 * is there already. Returns 0, or a negative errno with the sentence.
 */
int bisect_packages_unpack(const json_t *version, const char *folder, struct problem *why);

#endif
