/*
 * The PCI functions of a machine, guest or host, as the "pci" section of a report
 * (docs/use/guest-report.md), through libpci's sysfs access.
 *
 * Ids, BARs, driver come as the kernel shows them; class, revision, header type and registers are
 * read from the configuration space now, and the OpRegion of an Intel GPU from memory.
 */
#ifndef IGD_FUNCTIONS_H
#define IGD_FUNCTIONS_H

#include <jansson.h>
#include <stdbool.h>

#include "src/bdf.h"
#include "src/problem.h"

struct functions_scope {
	const char *root; /* "" for this machine, or the directory of a recorded tree */
	/* A file that `lspci -xxx` wrote, to be read instead of sysfs; NULL: sysfs. What a dump
	 * does not have, drivers and the OpRegion, is from the root. */
	const char *dump;
	/* Which functions; NULL: all. */
	bool (*wanted)(struct bdf where);
};

/*
 * Makes the section, functions in the order of their addresses. Returns 0 and a new reference;
 * -ENOMEM; -EIO with libpci's sentence in `why`; -EINVAL if a recorded tree or a dump has something
 * else than a file where libpci would read one. Not for two threads at once: libpci reports errors
 * by a function that knows no caller.
 */
int functions_json(const struct functions_scope *scope, json_t **section_r, struct problem *why);

#endif
