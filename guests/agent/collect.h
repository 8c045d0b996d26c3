/*
 * Collectors: each looks at one side of the machine and makes one section of the report.
 *
 * docs/use/guest-report.md describes what they put there and who observed it.
 */
#ifndef IGD_AGENT_COLLECT_H
#define IGD_AGENT_COLLECT_H

#include <jansson.h>

#include "src/problem.h"

struct work;

/* What a collector is told. Owns nothing. */
struct guest {
	const char *root;       /* "" for this machine, or the directory of a recorded tree */
	unsigned int request;   /* which report this is since the agent started, from 1 */
	const json_t *unloaded; /* modules that could not be loaded, or NULL if nobody tried */
	struct work *work;      /* guests/agent/work.h; NULL: the guest does none */
};

/*
 * A collector returns 0 and its section as a new reference, or a negative errno with the sentence
 * in `why`; the report is then made without that section and says so.
 */
typedef int collect_fn(const struct guest *guest, json_t **section_r, struct problem *why);

/* Sections of the agent of guests/desktop alone. */
#ifdef IGD_DESKTOP
#define DESKTOP_COLLECTORS(_) _(desktop)
#else
#define DESKTOP_COLLECTORS(_)
#endif

/* The sections in the order of the report. To add one: a file with collect_NAME(), and a line. */
#define COLLECTORS(_)                                                                              \
	_(kernel)                                                                                  \
	_(dmi)                                                                                     \
	_(hypervisor)                                                                              \
	_(iomem)                                                                                   \
	_(pci)                                                                                     \
	_(igd)                                                                                     \
	_(display)                                                                                 \
	DESKTOP_COLLECTORS(_)                                                                      \
	_(work)

#define COLLECTOR_PROTOTYPE(name) collect_fn collect_##name;
COLLECTORS(COLLECTOR_PROTOTYPE)
#undef COLLECTOR_PROTOTYPE

/*
 * Runs all collectors. Returns 0 and a new reference to the whole report, or -ENOMEM: a collector
 * that fails costs its own section and no more.
 */
int collect_report(const struct guest *guest, json_t **report_r, struct problem *why);

#endif
