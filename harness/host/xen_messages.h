/*
 * The messages of Xen from which facts of a host are read, in every wording since Xen 4.11. The
 * table is results/data/xen-messages.yaml, which names the commit of each; it is built into the
 * program.
 */
#ifndef IGD_HOST_XEN_MESSAGES_H
#define IGD_HOST_XEN_MESSAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/problem.h"

#define XEN_MESSAGES_FILE "xen-messages.yaml"

enum xen_fact {
	XEN_VERSION,
	XEN_CMDLINE,
	XEN_STD_LOGLEVEL,
	XEN_GUEST_LOGLEVEL,
	XEN_HVM, /* yes or no, as the next three */
	XEN_HAP,
	XEN_IOMMU,
	XEN_INTERRUPT_REMAPPING,
	XEN_DOM0_MODE,
	XEN_X2APIC,
	XEN_VTD, /* a feature by name, yes or no */
	XEN_IGD_OFF,
	XEN_RMRR_OUTSIDE,
	XEN_FAULT,
	XEN_FAULT_REASON,
	XEN_SUPPRESSED,
	XEN_FACTS /* how many there are */
};

#define XEN_MATCH_TEXT_MAX 512

/* What a line says. */
struct xen_match {
	enum xen_fact fact;
	bool says;                     /* of a fact that is yes or no */
	char text[XEN_MATCH_TEXT_MAX]; /* of <version>, <cmdline>, <text> or <name>; without one,
					  the line from the wording on */
	char device[32];               /* of <device>, "" without one */
	uint64_t start, end;           /* of <start> and <end>, <address> or <count> */
};

struct xen_messages;

/* The table from a file, or with NULL the one built in. Returns 0 and the table, to be freed with
 * xen_messages_free(), or a negative errno with the sentence. */
int xen_messages_load(const char *file, struct xen_messages **messages_r, struct problem *why);

/* NULL is fine. */
void xen_messages_free(struct xen_messages *messages);

/* The table built in; borrowed, until the program ends. NULL without memory. */
const struct xen_messages *xen_messages_builtin(void);

/*
 * Finds what a line of Xen says about one fact: the first entry of the table that fits counts. The
 * line has no "(XEN)". Returns false if it says nothing of the fact.
 */
bool xen_messages_match(const struct xen_messages *messages, enum xen_fact fact, const char *line,
	struct xen_match *match_r);

/* Was the table made for that release, "4.17.5 (Debian ...)"? Also true for a text that is none. */
bool xen_messages_cover(const struct xen_messages *messages, const char *version);

/* "4.11" and "4.23": the first and the last release that the table was made for. */
void xen_messages_range(
	const struct xen_messages *messages, const char **first_r, const char **last_r);

#endif
