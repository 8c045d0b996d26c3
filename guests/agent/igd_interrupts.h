/* The interrupts of a PCI function, as the kernel counts them. */
#ifndef IGD_AGENT_IGD_INTERRUPTS_H
#define IGD_AGENT_IGD_INTERRUPTS_H

#include <jansson.h>

#include "src/bdf.h"

#define INTERRUPT_LINES_MAX 16

struct interrupts {
	const char *kind; /* "msi", "msix" or "intx"; NULL: the function has none */
	unsigned int lines[INTERRUPT_LINES_MAX];
	size_t count_of_lines;
	unsigned long long count; /* of all its lines on all processors */
};

/* Reads which the function has (sysfs), and how many there were (procfs). */
void interrupts_read(const char *root, struct bdf where, struct interrupts *interrupts_r);

/* Both as the "interrupts" of the report; JSON null if it has none. NULL without memory. */
json_t *interrupts_json(const struct interrupts *before, const struct interrupts *after);

#endif
