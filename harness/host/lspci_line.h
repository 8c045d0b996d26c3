/* One line of lspci's output: the address of a function, words about it, or bytes of its
 * configuration space. */
#ifndef IGD_HOST_LSPCI_LINE_H
#define IGD_HOST_LSPCI_LINE_H

#include <stddef.h>
#include <stdint.h>

#include "harness/host/lspci_text.h"
#include "src/bdf.h"

#define LSPCI_LINE_ROW_MAX 16

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
	struct lspci_words words;
	size_t offset, bytes;
	uint8_t row[LSPCI_LINE_ROW_MAX];
};

/* Reads a line of record_line() (harness/host/record.h). */
void lspci_line_parse(const char *text, struct lspci_line *line_r);

#endif
