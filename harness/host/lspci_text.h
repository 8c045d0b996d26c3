/*
 * The output of lspci (pciutils' lspci(8)), in every form that people send: -x, -xxx, -xxxx, -s,
 * -v, -n, -nn, -k, -D, -mm, -vmm and combinations; several outputs in one file. What the
 * hexadecimal configuration space does not say is taken from the text: class and ids, the driver in
 * use. Lines that are neither are ignored.
 */
#ifndef IGD_HOST_LSPCI_TEXT_H
#define IGD_HOST_LSPCI_TEXT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/host/record.h"
#include "src/bdf.h"
#include "src/problem.h"

#define LSPCI_FUNCTIONS_MAX 1024
#define LSPCI_CONFIG_MAX    4096 /* bytes of configuration space, PCI Express Base 5.0, 7.2 */
#define LSPCI_DRIVER_MAX    32

/* What the text says of a function in words. -1 for what it does not say. */
struct lspci_words {
	int32_t vendor, device, subsystem_vendor, subsystem; /* ids of 16 bits */
	int32_t class, revision;       /* the class has 24 bits: class, subclass, interface */
	char driver[LSPCI_DRIVER_MAX]; /* "" if the text names none, which is no proof of none */
};

#define LSPCI_NO_WORDS                                                                             \
	((struct lspci_words){ .vendor = -1,                                                       \
		.device = -1,                                                                      \
		.subsystem_vendor = -1,                                                            \
		.subsystem = -1,                                                                   \
		.class = -1,                                                                       \
		.revision = -1 })

struct lspci_function {
	struct bdf where;
	uint8_t *config; /* owned; NULL: the text has none of it */
	size_t config_bytes;
	struct lspci_words words;
};

struct lspci_text {
	const char *name;                 /* of the file, borrowed */
	struct lspci_function *functions; /* owned, in the order of their addresses */
	size_t count;
	bool whole; /* it seems to be of a whole machine: the host bridge is there, and a function
		       behind the slot of the IGD */
};

/*
 * Reads the record. Returns 0, to be freed with lspci_text_free(); -EINVAL with the sentence if
 * there is no function in it, or two machines are; -ENOMEM.
 */
int lspci_text_read(const struct record *record, struct lspci_text *text_r, struct problem *why);
void lspci_text_free(struct lspci_text *text);

/*
 * The functions as functions_json() makes them (src/functions.h). One of which the text has no
 * configuration space has the keys "address", "vendor", "device", and, where the text says them,
 * others; an id that is not known is null. "driver" is there only if the text or a recorded sysfs
 * below `root` names one. Returns 0 and a new reference, or a negative errno with the sentence.
 */
int lspci_text_json(const struct lspci_text *text, const char *root,
	bool (*wanted)(struct bdf where), json_t **section_r, struct problem *why);

#endif
