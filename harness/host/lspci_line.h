/* One line of lspci's output: the address of a function, words about it, or bytes of its
 * configuration space. */
#ifndef IGD_HOST_LSPCI_LINE_H
#define IGD_HOST_LSPCI_LINE_H

#include <stddef.h>
#include <stdint.h>

#include "src/bdf.h"

#define LSPCI_LINE_ROW_MAX    16
#define LSPCI_LINE_DRIVER_MAX 32

enum lspci_line_kind {
	LSPCI_LINE_OTHER,
	LSPCI_LINE_ADDRESS,     /* `where`, and words */
	LSPCI_LINE_BAD_ADDRESS, /* the form of an address, with a number that no PCI bus has */
	LSPCI_LINE_WORDS,       /* of the function whose address came before */
	LSPCI_LINE_ROW          /* `offset`, `row` and `bytes` */
};

struct lspci_line {
	enum lspci_line_kind kind;
	struct bdf where;
	/* -1 for what the line does not say. The class has 24 bits: class, subclass, interface. */
	int32_t vendor, device, subsystem_vendor, subsystem, class, revision;
	char driver[LSPCI_LINE_DRIVER_MAX]; /* "" if the line names none */
	size_t offset, bytes;
	uint8_t row[LSPCI_LINE_ROW_MAX];
};

/* Reads a line of record_line() (harness/host/record.h). */
void lspci_line_parse(const char *text, struct lspci_line *line_r);

#endif
