/*
 * The facts of a host that its checks read, before any guest is started.
 */
#ifndef IGD_HOST_VIEW_H
#define IGD_HOST_VIEW_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "harness/host/igd_ids.h"
#include "harness/host/lspci_text.h"
#include "harness/host/record.h"
#include "src/problem.h"

/* The sources of the facts; strings and objects are borrowed. */
struct host_sources {
	const char *root;             /* "" for this machine, or the directory of a recorded tree */
	const struct record *lspci;   /* output of lspci, instead of sysfs; NULL: sysfs */
	const struct record *xen_log; /* Xen's messages; NULL: those of the back end */
	const char *ids;              /* the table of ids, igd_ids_load() */
	/* The back end's identities and survey (struct backend), or the errno and sentence why it
	 * has none. NULL, NULL, 0 and "" for a back end other than libxl. */
	const json_t *identities, *survey;
	int xen_error;
	const char *xen_trouble;
	const char *device_model;  /* the QEMU to check; NULL: the back end's */
	const char *model_trouble; /* why the back end has none; "" */
};

struct host_view {
	const struct host_sources *sources;
	json_t *host; /* host_identify() */
	json_t *log;  /* xen_boot_log_facts(), or NULL with the reason */
	struct problem log_trouble;
	const char *log_source;
	bool log_cut;        /* only a part of the log was read */
	struct igd_ids *ids; /* NULL with the reason */
	struct problem ids_trouble;

	/* Functions in host["pci"], each NULL if the host does not have it. */
	const json_t *slot2; /* 0000:00:02.0, of any kind */
	const json_t *igd;   /* slot2 if it is an Intel display function */
	const json_t *host_bridge, *isa_bridge;
	const char *pci_trouble; /* why nothing is known of PCI, or NULL */
	/* Why the record may lack functions of the machine: it lists only some of them. "" if all
	 * functions are known. */
	char part[PROBLEM_TEXT_MAX];
	json_t *all_pci;         /* "pci" with every function of the machine, for what is beside the
				    IGD; NULL if they cannot be read */
	struct lspci_text lspci; /* sources->lspci, parsed; empty without it */

	uint16_t device;                     /* of the IGD */
	uint32_t class;                      /* of the IGD */
	const struct igd_platform *platform; /* of the IGD, NULL if the table does not have it */
	const char *phantom;                 /* its name, "" if it cannot be read; NULL: none */
	const char *virtual_gpu;             /* likewise */
};

/* Reads the facts. Returns 0 or -ENOMEM. A fact that cannot be read is NULL or empty. */
int host_view_open(struct host_view *view, const struct host_sources *sources);
void host_view_close(struct host_view *view);

/* "8086:3e92", with "unknown" for an id that the record lacks. New reference. */
json_t *host_ids_json(const json_t *function);

/* A register of a function (docs/use/guest-report.md): true and its value, or false. */
bool host_register(const json_t *function, const char *name, uint32_t *value_r);

/* Text from the back end: identities["texts"] or ["versions"][key]; "" without such a text. */
const char *host_xen_text(const struct host_view *view, const char *group, const char *key);

/* Xen's command line, from the back end or from Xen's messages; NULL if neither has it. */
const char *host_xen_cmdline(const struct host_view *view);

/* Does Xen's command line switch the option off, or its word (xen_cmdline_is_off())? False if the
 * command line is not known. */
bool host_option_is_off(const struct host_view *view, const char *option, const char *word,
	char *text, size_t size);

/* Is there an IGD? IGD_UNKNOWN with the reason in *why_r if the functions of the host are not known
 * or not all known. */
enum host_igd { IGD_THERE, IGD_ABSENT, IGD_UNKNOWN };
enum host_igd host_has_igd(const struct host_view *view, const char **why_r);

/* Is there a display function beside slot 2? 1, 0, or -1 if not all functions are known. */
int host_has_other_display(const struct host_view *view);

/* Does the machine have a function behind Intel's VMD, in a PCI domain of more than 16 bits? */
bool host_has_vmd(const struct host_view *view);

/* Does software emulate the host or its IGD: a virtual machine, or a phantom IGD? */
bool host_is_virtual(const struct host_view *view);

/* Does libxl report the capability? Returns false if libxl was not queried. */
bool host_xen_has(const struct host_view *view, const char *capability, bool *has_r);

/* Returns why messages may be missing from Xen's log, or NULL. */
const char *host_log_loss(const struct host_view *view);

/* Sets *value_r to the answer in Xen's messages. Returns false if they have no answer. */
bool host_log_says(const struct host_view *view, const char *key, bool *value_r);

#endif
